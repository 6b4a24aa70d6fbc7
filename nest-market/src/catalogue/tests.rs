use super::*;
use crate::testing::{METER, PersonalInformation, WEATHER, catalogue};

fn source(json: &str) -> Result<Catalogue, CatalogueError> {
    Catalogue::new().manifest(json)
}

#[test]
fn attributes_are_told_apart_by_source_context_and_unit() {
    let catalogue = catalogue();
    let outside = catalogue.attribute("WeatherStation", "temperature").unwrap();
    let inside = catalogue.attribute("Meter", "temperature").unwrap();
    assert_ne!(outside, inside);
    assert_eq!(
        outside.describe(),
        "WeatherStation.temperature (outside, Cel): number with 1 decimal, -60.0 to 60.0"
    );
    assert_eq!(inside.context(), Some("inside"));
    let types: Vec<_> = catalogue.source("PersonalInformation").unwrap().attributes().iter().collect();
    let types: Vec<_> = types.iter().map(|attribute| (attribute.name(), attribute.technical())).collect();
    assert_eq!(
        types,
        [
            ("age", Technical::Whole),
            ("weight", Technical::Decimal),
            ("city", Technical::Label),
            ("smoker", Technical::Flag),
            ("born", Technical::Time),
            ("remark", Technical::Text),
        ]
    );
}

#[test]
fn names_that_a_reader_would_confuse_are_refused_with_both() {
    let error = catalogue().manifest(WEATHER).unwrap_err().to_string();
    assert!(error.contains("`WeatherStation (record WeatherStation, version 1)` and `Weather"), "{error}");
    let other_case = WEATHER.replace("WeatherStation", "weatherstation");
    let error = catalogue().manifest(&other_case).unwrap_err();
    assert!(matches!(error, CatalogueError::Duplicate { .. }), "{error}");
    let error = source(
        r#"{"nest": 1, "name": "S", "fields": [
            {"name": "heat", "type": "integer", "min": 0, "max": 9},
            {"name": "Heat", "type": "integer", "min": 0, "max": 9}]}"#,
    )
    .unwrap_err();
    assert_eq!(error, CatalogueError::Duplicate { first: "S.heat".to_owned(), second: "S.Heat".to_owned() });
    assert!(
        Catalogue::new().record::<PersonalInformation>().unwrap().record::<PersonalInformation>().is_err()
    );
}

#[test]
fn a_source_must_be_askable() {
    for name in ["SELECT", "NOT"] {
        let error = source(&WEATHER.replace("WeatherStation", name)).unwrap_err();
        assert!(matches!(error, CatalogueError::Source { .. }), "{name}: {error}");
    }
    let linkage = r#"{"nest": 1, "name": "People", "kind": "linkage", "fields": [
        {"name": "age", "type": "integer", "min": 0, "max": 9}]}"#;
    assert!(source(linkage).unwrap_err().to_string().contains("linked by"));
    let list = r#"{"nest": 1, "name": "S", "fields": [
        {"name": "a", "type": "integer", "min": 0, "max": 9},
        {"name": "visits", "type": "list", "max_len": 3, "logical": "medical",
         "items": {"type": "integer", "min": 0, "max": 9}}]}"#;
    let error = source(list).unwrap_err().to_string();
    assert!(error.contains("S.visits") || error.contains("logical"), "{error}");
    // Faults of the manifest come as they are, all of them.
    assert!(matches!(source("{}"), Err(CatalogueError::Manifest(_))));
}

#[test]
fn sensors_are_unmapped_until_their_owner_says_what_they_are() {
    let catalogue = catalogue();
    let weather = catalogue.source("WeatherStation").unwrap();
    let mut mapping = Mapping::default();
    let sensor = "urn:dev:ow:10e2073a01080063:temp";
    assert_eq!(mapping.resolve(weather, sensor), Sensor::Unmapped);
    mapping.seen(weather, sensor).unwrap();
    assert_eq!(mapping.sensors().collect::<Vec<_>>(), [(sensor, None)]);
    assert_eq!(mapping.resolve(weather, sensor), Sensor::Unmapped);

    let wrong_unit = mapping.map(weather, sensor, "temperature", Some("%RH"));
    assert_eq!(
        wrong_unit.unwrap_err().to_string(),
        "the sensor measures in `%RH` and the attribute is in `Cel`"
    );
    assert!(matches!(
        mapping.map(weather, sensor, "temprature", None),
        Err(MappingError::NoAttribute { .. })
    ));
    mapping.map(weather, sensor, "temperature", Some("Cel")).unwrap();
    assert!(
        matches!(mapping.resolve(weather, sensor), Sensor::Attribute(attribute) if attribute.name() == "temperature")
    );

    // A sensor that is called like an attribute is it, until its owner says otherwise.
    assert!(matches!(mapping.resolve(weather, "humidity"), Sensor::Attribute(_)));
    mapping.unmap("humidity").unwrap();
    assert_eq!(mapping.resolve(weather, "humidity"), Sensor::Unmapped);

    let json = serde_json::to_string(&mapping).unwrap();
    assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
    assert!(!format!("{mapping:?}").contains("urn:dev"));
    for number in 0..2_000 {
        if mapping.seen(weather, &format!("s{number}")).is_err() {
            assert!(number > 1_000);
            return;
        }
    }
    panic!("any number of sensors is kept");
}

#[test]
fn steady_sources_are_said_to_be_so() {
    let catalogue = catalogue();
    assert_eq!(catalogue.attribute("PersonalInformation", "age").unwrap().cadence(), Cadence::Steady);
    assert_eq!(catalogue.attribute("Meter", "energy").unwrap().cadence(), Cadence::Series);
    assert!(matches!(
        Catalogue::new().manifest(METER).unwrap().steady("Metre"),
        Err(CatalogueError::NoSource { .. })
    ));
}
