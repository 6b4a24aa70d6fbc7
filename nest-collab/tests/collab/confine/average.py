"""The mean of a field over three parties: every party sends its sum to the first one."""

import json
import sys


def ask(**request):
    print(json.dumps(request), flush=True)
    answer = json.loads(sys.stdin.readline())
    if "refused" in answer:
        raise SystemExit(answer["refused"]["reason"])
    return answer


def main(me, parties):
    total, people, after = 0, 0, 0
    while after is not None:
        page = ask(do="read", fields=["visits"], after=after, limit=7)["read"]
        total += sum(record["visits"] for record in page["records"])
        people += len(page["records"])
        after = page["next"]
    # Kept between steps, and in the directory of the run.
    assert ask(do="put", name="own", value=[total, people])["kept"]["version"] == 1
    with open("own.txt", "w") as file:
        file.write(str(people))
    assert ask(do="take", name="own")["taken"]["value"] == [total, people]
    first = parties[0]
    if me != first:
        ask(do="send", step=1, to=first, message={"total": total, "people": people})
        return ask(do="done")
    for party in parties[1:]:
        message = ask(do="receive", step=1, **{"from": party})["received"]["message"]
        total += message["total"]
        people += message["people"]
    ask(do="done", results=[{"shape": "mean", "field": "visits", "sum": total, "people": people}])


main(sys.argv[1], sys.argv[2].split(","))
