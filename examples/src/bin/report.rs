//! The report on the records of the main job, for the person who signs: `target/report.md` and `target/report.html`.

use std::io;
use std::path::{Path, PathBuf};

use nest_core::report::Report;
use nest_examples::records::{
    Assessment, AssessmentProgress, Enrolment, PersonInfo, PracticeOutcome, PracticeProgress, ReadingPractice,
};

fn main() -> io::Result<()> {
    let report = Report::new("Records of the STAR exchange between school, registry and platform")
        .record::<Assessment>()
        .record::<AssessmentProgress>()
        .record::<ReadingPractice>()
        .record::<PracticeProgress>()
        .record::<PracticeOutcome>()
        .record::<PersonInfo>()
        .record::<Enrolment>();
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    std::fs::create_dir_all(&target)?;
    for (name, text) in [("report.md", report.to_markdown()), ("report.html", report.to_html())] {
        std::fs::write(target.join(name), text)?;
        println!("wrote target/{name}");
    }
    Ok(())
}
