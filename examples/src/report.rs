//! The output of the main job, and the checks behind each line of it.

use std::collections::{BTreeMap, HashMap};

use nest_core::Pseudonym;
use nest_core::schema::{self, Schema};
use nest_examples::Failure;
use nest_examples::records::{Assessment, ClassType, Enrolment};
use nest_examples::star::Row;

use crate::assessments::Results;
use crate::people::Names;

/// The declaration of a record as a table.
pub(crate) fn declaration(schema: &Schema) {
    println!("     {:<12} {:<9}  {:>6}  type", schema.name, "role", "blocks");
    for field in schema.fields {
        let role = match field.role() {
            schema::Role::Pseudonym => "pseudonym",
            schema::Role::Attribute => "attribute",
            schema::Role::Record => "record",
        };
        println!("     {:<12} {role:<9}  {:>6}  {}", field.name, field.blocks(), field.ty.describe());
    }
    println!("     {:<12} {:<9}  {:>6}  of at most {}", "", "", schema.blocks(), schema.max_blocks);
}

/// One pupil in three domains, all in the lists that these parties hold.
pub(crate) fn pseudonyms(names: &Names, registry: &[Enrolment], nest: &[Enrolment]) -> Result<(), Failure> {
    let listed = |list: &[Enrolment], who| list.iter().any(|line| line.person == who);
    check(
        listed(registry, names.registry),
        "the registry has another pseudonym of a pupil than it received",
    )?;
    check(listed(nest, names.nest), "the platform has another pseudonym of a pupil than it received")?;
    let differ = names.school != names.registry && names.registry != names.nest && names.nest != names.school;
    check(differ, "two domains share a pseudonym")?;
    let Names { school, registry, nest } = names;
    println!("     One pupil, three names:  school {school:?}  registry {registry:?}  nest {nest:?}");
    Ok(())
}

/// That every record of the file came back twice, for its pupil and for its teacher, and nothing else did.
pub(crate) fn both_ways(results: &Results, rows: &[Row]) -> Result<(), Failure> {
    let mut with_pupil: HashMap<Pseudonym, &Assessment> = HashMap::new();
    let mut with_teacher = Vec::new();
    for (who, record) in &results.records {
        if record.pupil == *who {
            with_pupil.insert(*who, record);
        } else if record.teacher == *who {
            with_teacher.push(record);
        } else {
            return Err("a record came that is not about whom it was asked about".into());
        }
    }
    let same = with_teacher.iter().filter(|record| with_pupil.get(&record.pupil) == Some(record)).count();
    let all = same == rows.len() && with_pupil.len() == rows.len() && with_teacher.len() == rows.len();
    check(all, "a pupil and a teacher received different records")?;

    let mut received: Vec<_> = with_pupil.values().map(|record| facts(record)).collect();
    let mut held: Vec<_> = rows.iter().map(|row| facts(&nest_examples::school::assessment(row))).collect();
    received.sort_unstable();
    held.sort_unstable();
    check(received == held, "the records that came are not those of the file")?;
    println!(
        "     Same record for pupil and teacher:  {same} of {}, with the values of the file",
        rows.len()
    );
    Ok(())
}

/// All that a record says, but for whom it is about.
fn facts(record: &Assessment) -> impl Ord + use<> {
    let &Assessment { grade, class_type, school_type, free_lunch, reading, math, .. } = record;
    (grade, class_type, school_type, free_lunch, reading, math)
}

/// The mean reading score by class type, from what was decrypted and from the file.
pub(crate) fn means(results: &Results, rows: &[Row]) -> Result<(), Failure> {
    let of_pupils = results.records.iter().filter(|(who, record)| record.pupil == *who);
    let decrypted = sums(of_pupils.map(|(_, record)| (record.class_type, record.reading)));
    let filed = sums(rows.iter().map(|row| (row.class_type, row.reading)));
    check(decrypted == filed, "the reading scores that came are not those of the file")?;

    println!("     Mean reading score              decrypted  from the file");
    for ((class_type, (sum, count)), (_, (filed_sum, filed_count))) in decrypted.iter().zip(&filed) {
        let class_type = format!("{class_type:?}, {count} pupils");
        println!("       {class_type:<28} {:>10.2}  {:>13.2}", sum / count, filed_sum / filed_count);
    }
    Ok(())
}

/// Sum and number of the scores that are there, by class type. Whole numbers, so that equal is equal.
fn sums(scores: impl Iterator<Item = (ClassType, Option<u16>)>) -> BTreeMap<ClassType, (f64, f64)> {
    let mut sums = BTreeMap::new();
    for (class_type, score) in scores {
        if let Some(score) = score {
            let (sum, count): &mut (f64, f64) = sums.entry(class_type).or_default();
            *sum += f64::from(score);
            *count += 1.0;
        }
    }
    sums
}

/// How long records are on the wire, and how fast they came.
pub(crate) fn wire(results: &Results, seconds: f64) -> Result<(), Failure> {
    let sizes = || results.exchanges.iter().map(|exchange| &exchange.record_bytes);
    let smallest = sizes().map(|sizes| *sizes.start()).min().unwrap_or(0);
    let largest = sizes().map(|sizes| *sizes.end()).max().unwrap_or(0);
    check(smallest == largest, "records can be told apart by their length")?;
    let records = results.records.len();
    println!("     On the wire:  smallest record {smallest} bytes, largest {largest} bytes");
    println!("     {records} records in {seconds:.1} s:  {:.0} records per second", records as f64 / seconds);
    Ok(())
}

pub(crate) fn check(holds: bool, otherwise: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
