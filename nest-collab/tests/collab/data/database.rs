//! Queries in SQLite and PostgreSQL, with real servers.

use std::sync::LazyLock;

use nest_collab::data::SqlData;
use nest_testbed_postgres::Postgres;
use sqlx::{AssertSqlSafe, Connection};

use super::{Folder, MARKED, patients, texts};

static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start().unwrap());

const TABLE: &str = "CREATE TABLE stay (id INTEGER, visits INTEGER, dose NUMERIC(6,2), ward TEXT, smoker BOOLEAN, since TEXT)";
const ROWS: &str = "INSERT INTO stay VALUES (1, 3, 21.3, 'surgery', TRUE, '2024-05'), (2, 4, NULL, 'childrens ward', FALSE, '2020-01')";
const QUERY: &str = "SELECT * FROM stay WHERE id < 3 ORDER BY id -- all of them\n;";

async fn check(url: &str) {
    let rows = texts(&SqlData::new(url, QUERY, patients())).await.unwrap();
    assert_eq!(
        rows,
        [["3", "21.30", "surgery", "true", "2024-05"], ["4", "", "childrens ward", "false", "2020-01"]]
    );
    // A value that was not declared, told by its row and column.
    let error = texts(&SqlData::new(url, QUERY.replace("id < 3", "id = 3"), patients())).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("line 1, column `ward`") && !text.contains(MARKED), "{text}");
    // Reading alone, and no message of the database.
    for query in ["SELECT * FROM none", "DELETE FROM stay RETURNING *", "SELECT 'MARKED-4711'::int AS visits"]
    {
        let error = texts(&SqlData::new(url, query, patients())).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("refused the query") && !text.contains(MARKED), "{text}");
    }
}

#[tokio::test]
async fn a_query_of_sqlite() {
    let folder = Folder::new();
    let path = folder.path("stays.db");
    let url = format!("sqlite:{}", path.display());
    let options = url.parse::<sqlx::sqlite::SqliteConnectOptions>().unwrap().create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let third = format!("INSERT INTO stay VALUES (3, 5, 1, '{MARKED}', TRUE, '2024-05')");
    for sql in [TABLE.to_owned(), ROWS.to_owned(), third] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    check(&url).await;
}

#[tokio::test]
async fn a_query_of_postgresql() {
    let url = SERVER.fresh_database().unwrap();
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let third = format!("INSERT INTO stay VALUES (3, 5, 1, '{MARKED}', TRUE, '2024-05')");
    for sql in [TABLE.to_owned(), ROWS.to_owned(), third] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    check(&url).await;
}
