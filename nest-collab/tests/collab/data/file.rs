//! CSV: as spreadsheets and programs write it, and never clipped or told.

use nest_collab::data::{CsvData, DataError};

use super::{Folder, MARKED, patients, texts};

#[tokio::test]
async fn a_file_is_read_as_programs_write_it() {
    let folder = Folder::new();
    let file = folder.file(
        "a.csv",
        "\u{feff}name,smoker,visits,dose,ward,since\r\n\
         Ada,True, 12 ,21.3,surgery,2024-05\r\n\
         \"Bo, \"\"B\"\"\",0,7.0,,childrens ward,2020-01\r\n\
         Cy,yes,400,-1,surgery,2030-12\r\n",
    );
    let rows = texts(&CsvData::new(file, patients())).await.unwrap();
    assert_eq!(
        rows,
        [
            ["12", "21.30", "surgery", "true", "2024-05"],
            ["7", "", "childrens ward", "false", "2020-01"],
            ["400", "-1.00", "surgery", "true", "2030-12"],
        ]
    );
}

#[tokio::test]
async fn another_delimiter_is_an_option() {
    let folder = Folder::new();
    let file = folder.file("a.csv", "visits;dose;ward;smoker;since\n1;2.5;surgery;false;2024-05\n");
    let semicolon = CsvData::new(&file, patients()).with_delimiter(b';');
    assert_eq!(texts(&semicolon).await.unwrap().len(), 1);
    // With the wrong one, the message says what to look at.
    let error = texts(&CsvData::new(&file, patients())).await.unwrap_err().to_string();
    assert!(error.contains("`visits`") && error.contains("is the delimiter another?"), "{error}");
}

#[tokio::test]
async fn a_value_outside_the_manifest_is_told_by_line_and_column_and_never_itself() {
    let folder = Folder::new();
    let good = "1,2.5,surgery,false,2024-05";
    let cases = [
        ("401,2.5,surgery,false,2024-05", "visits", "whole number, 0 to 400"),
        ("4711999,2.5,surgery,false,2024-05", "visits", "0 to 400"),
        ("-1,2.5,surgery,false,2024-05", "visits", "0 to 400"),
        (",2.5,surgery,false,2024-05", "visits", "0 to 400"),
        ("1.5,2.5,surgery,false,2024-05", "visits", "0 to 400"),
        ("1,2.555,surgery,false,2024-05", "dose", "2 decimals"),
        ("1,100.00,surgery,false,2024-05", "dose", "-1.00 to 99.50"),
        ("1,NaN,surgery,false,2024-05", "dose", "2 decimals"),
        ("1,2.5,MARKED-4711,false,2024-05", "ward", "one of surgery"),
        ("1,2.5,surgery,MARKED-4711,2024-05", "smoker", "yes or no"),
        ("1,2.5,surgery,false,2031-01", "since", "2020-01 to 2030-12"),
    ];
    for (line, column, expected) in cases {
        let file =
            folder.file("a.csv", format!("visits,dose,ward,smoker,since\n{good}\n{good}\n{line}\n{good}\n"));
        let error = texts(&CsvData::new(file, patients())).await.unwrap_err();
        assert!(matches!(error, DataError::Value { line: 4, .. }), "{error}");
        let text = format!("{error} {error:?}");
        assert!(
            text.contains("line 4") && text.contains(&format!("`{column}`")) && text.contains(expected),
            "{text}"
        );
        for value in [MARKED, "4711999", "2.555", "NaN", "2031", "401"] {
            assert!(!text.contains(value), "{text}");
        }
    }
}

#[tokio::test]
async fn a_broken_file_is_told_by_its_line() {
    let folder = Folder::new();
    let header = "visits,dose,ward,smoker,since\n1,2.5,surgery,false,2024-05\n";
    let error = |content: Vec<u8>| {
        let file = folder.file("a.csv", content);
        async move { texts(&CsvData::new(file, patients())).await.unwrap_err().to_string() }
    };
    let short = error(format!("{header}1,{MARKED}\n").into_bytes()).await;
    assert!(short.contains("line 3") && !short.contains(MARKED), "{short}");
    let latin = error([header.as_bytes(), b"1,2.5,Kinderst\xe4tte,false,2024-05\n"].concat()).await;
    assert!(latin.contains("line 3: is no UTF-8"), "{latin}");
    let twice = error(b"visits,visits,dose,ward,smoker,since\n".to_vec()).await;
    assert!(twice.contains("there twice"), "{twice}");
    let missing = texts(&CsvData::new(folder.path("none.csv"), patients())).await.unwrap_err().to_string();
    assert!(missing.contains("none.csv") && missing.contains("not found"), "{missing}");
}

#[tokio::test]
async fn an_empty_file_with_a_header_has_no_records() {
    let folder = Folder::new();
    let file = folder.file("a.csv", "visits,dose,ward,smoker,since\n");
    assert!(texts(&CsvData::new(file, patients())).await.unwrap().is_empty());
}
