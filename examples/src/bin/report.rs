//! The documents of the main job's data source, made from its routes: the report for the person who signs
//! (`target/report.md`, `target/report.html`), and the API description (`target/openapi.json`).

use std::path::{Path, PathBuf};

use nest_api::prelude::*;
use nest_core::InProcess;
use nest_examples::Failure;
use nest_examples::records::{Assessment, Enrolment, ReadingPractice};
use nest_examples::school::School;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // This API is not called. Its transcryptors do not change what is served.
    let api = DataSourceApi::builder(School::temporary("school", &[]).await?)
        .domain("school")
        .transcryption(InProcess::new(2))
        .caller(Caller::new("nobody", TokenHash::of("no token at all")))
        .activity::<Assessment>()
        .activity::<ReadingPractice>()
        .build()?;
    // The registry hands its list over without the API, so no route knows of it.
    let report = api
        .report("Records of the STAR exchange between school, registry and platform")
        .note("The registry's list (Enrolment) travels as a batch of its own, and not through the addresses of this page.")
        .record::<Enrolment>();

    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    std::fs::create_dir_all(&target)?;
    let description = serde_json::to_string_pretty(&api.openapi())?;
    for (name, text) in [
        ("report.md", report.to_markdown()),
        ("report.html", report.to_html()),
        ("openapi.json", description),
    ] {
        std::fs::write(target.join(name), text)?;
        println!("wrote target/{name}");
    }
    Ok(())
}
