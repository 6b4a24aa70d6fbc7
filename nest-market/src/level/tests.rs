use std::collections::BTreeMap;

use super::*;
use crate::testing::catalogue;

#[test]
fn the_anchors_are_those_of_the_profiles() {
    let numbers = |profile: &Profile, level| {
        let anchor = profile.at(level).unwrap();
        (anchor.epsilon.to_string(), anchor.k, anchor.noise_per_mille)
    };
    let safe = Profile::safe();
    assert_eq!(numbers(&safe, Level::LOW), ("1".to_owned(), 5, 50));
    assert_eq!(numbers(&safe, Level::MEDIUM), ("0.5".to_owned(), 10, 100));
    assert_eq!(numbers(&safe, Level::HIGH), ("0.1".to_owned(), 20, 200));
    let old = Profile::mynedata_2020();
    assert_eq!(numbers(&old, Level::LOW), ("10".to_owned(), 1, 10));
    assert_eq!(numbers(&old, Level::MEDIUM), ("5".to_owned(), 2, 50));
    assert_eq!(numbers(&old, Level::HIGH), ("1".to_owned(), 3, 100));
    assert_eq!(safe.at(Level::DONT_SHARE), None);
    assert_eq!(Profile::by_name("safe"), Some(safe));
    assert_eq!(Profile::by_name("unsafe"), None);
}

#[test]
fn between_the_anchors_epsilon_is_geometric_and_rounding_protects() {
    for profile in [Profile::safe(), Profile::mynedata_2020()] {
        for level in Level::SHARED {
            let quarters = level.quarters().unwrap();
            let anchor = profile.at(level).unwrap();
            let (from, to, part) = if quarters < 4 {
                (Level::LOW, Level::MEDIUM, f64::from(quarters) / 4.0)
            } else {
                (Level::MEDIUM, Level::HIGH, f64::from(quarters - 4) / 4.0)
            };
            let (from, to) = (profile.at(from).unwrap(), profile.at(to).unwrap());
            let micros = |anchor: Anchor| f64::from(anchor.epsilon.micros());
            let exact = micros(from).powf(1.0 - part) * micros(to).powf(part);
            let off = exact - micros(anchor);
            assert!((-1e-3..1.0 + 1e-3).contains(&off), "{level}: {exact} became {}", micros(anchor));
            let line = |a: u32, b: u32| f64::from(a) * (1.0 - part) + f64::from(b) * part;
            assert_eq!(f64::from(anchor.k), line(from.k, to.k).ceil());
            assert_eq!(
                f64::from(anchor.noise_per_mille),
                line(from.noise_per_mille, to.noise_per_mille).ceil()
            );
        }
        // A stricter level never protects less.
        for pair in Level::SHARED.windows(2) {
            let (a, b) = (profile.at(pair[0]).unwrap(), profile.at(pair[1]).unwrap());
            assert!(b.epsilon < a.epsilon && b.k >= a.k && b.noise_per_mille >= a.noise_per_mille);
        }
    }
}

#[test]
fn a_profile_protects_better_from_low_to_high() {
    let [low, medium, high] =
        [Level::LOW, Level::MEDIUM, Level::HIGH].map(|l| Profile::safe().at(l).unwrap());
    assert!(Profile::new("own", [low, medium, high]).is_ok());
    assert!(Profile::new("own", [medium, low, high]).is_err());
    assert!(Profile::new("own", [low, medium, Anchor { epsilon: Default::default(), ..high }]).is_err());
}

#[test]
fn levels_are_written_in_one_way() {
    let texts = ["low", "0.25", "0.5", "0.75", "medium", "1.25", "1.5", "1.75", "high"];
    for (level, text) in Level::SHARED.into_iter().zip(texts) {
        assert_eq!(level.to_string(), text);
        assert_eq!(text.parse(), Ok(level));
        assert_eq!(serde_json::from_str::<Level>(&format!("{text:?}")).unwrap(), level);
    }
    assert_eq!("dont-share".parse(), Ok(Level::DONT_SHARE));
    assert!(Level::DONT_SHARE > Level::HIGH && Level::HIGH > Level::LOW);
    for wrong in ["", "Low", "0.3", "3", "-1", "2.25"] {
        assert_eq!(wrong.parse::<Level>(), Err(LevelError), "{wrong}");
    }
    assert_eq!(Level::from_quarters(9), None);
}

#[test]
fn what_is_new_is_not_shared() {
    let catalogue = catalogue();
    let age = catalogue.attribute("PersonalInformation", "age").unwrap();
    let mut levels = Levels::new();
    assert_eq!(levels.of(age), Level::DONT_SHARE);
    // Defaults of somebody who never decided change nothing.
    levels.begin(catalogue.source("PersonalInformation").unwrap(), &Defaults::nothing_shared());
    assert_eq!(levels.of(age), Level::DONT_SHARE);
    // One attribute that is not shared keeps a person out of a query about both.
    levels.set("PersonalInformation", "weight", Level::LOW);
    let weight = catalogue.attribute("PersonalInformation", "weight").unwrap();
    assert_eq!(levels.strictest([age, weight]), Level::DONT_SHARE);
    assert_eq!(levels.strictest([weight]), Level::LOW);
}

#[test]
fn defaults_set_what_was_not_decided_and_set_all_sets_all() {
    let catalogue = catalogue();
    let source = catalogue.source("PersonalInformation").unwrap();
    let mut levels = Levels::new();
    levels.set("PersonalInformation", "age", Level::LOW);
    levels.begin(source, &Defaults::suggested());
    assert_eq!(levels.of(source.attribute("age").unwrap()), Level::LOW);
    assert_eq!(levels.of(source.attribute("weight").unwrap()), Level::HIGH);
    // It declares no logical type.
    assert_eq!(levels.of(source.attribute("remark").unwrap()), Level::DONT_SHARE);
    levels.set_all(catalogue.sources(), Level::MEDIUM);
    assert!(
        catalogue
            .sources()
            .iter()
            .flat_map(|source| source.attributes())
            .all(|attribute| levels.of(attribute) == Level::MEDIUM)
    );
    levels.remove("PersonalInformation");
    assert_eq!(levels.of(source.attribute("age").unwrap()), Level::DONT_SHARE);
}

#[test]
fn the_wizard_preselects_nothing_below_high() {
    let questions = wizard(&catalogue(), &Profile::safe());
    let logical: Vec<_> = questions.iter().map(|question| question.logical.as_str()).collect();
    assert_eq!(logical, ["consumption", "location", "medical", "personal", "sensor"]);
    for question in &questions {
        assert!(question.preselected >= Level::HIGH);
        assert!(!question.attributes.is_empty());
        assert_eq!(question.levels[0].level, Level::DONT_SHARE);
    }
    let answers: Answers = BTreeMap::from([("medical".to_owned(), Level::DONT_SHARE)]);
    let defaults = Defaults::from_answers(&answers).unwrap();
    assert_eq!(defaults.of("medical"), Level::DONT_SHARE);
    assert_eq!(defaults.of("personal"), Level::HIGH);
    assert_eq!(defaults.of("custom:sports"), Level::DONT_SHARE);
    let wrong: Answers = BTreeMap::from([("medcal".to_owned(), Level::LOW)]);
    assert!(Defaults::from_answers(&wrong).unwrap_err().to_string().contains("`medcal` is no logical type"));
}

#[test]
fn a_level_says_what_it_means() {
    let meaning = Profile::safe().meaning(Level::HIGH);
    assert!(meaning.in_words.contains("ε 0.1"), "{}", meaning.in_words);
    assert!(meaning.in_words.contains("factor of at most 1.11"), "{}", meaning.in_words);
    assert!(meaning.in_words.contains("at least 20 people"), "{}", meaning.in_words);
    assert!(meaning.in_words.contains("20.0 % of the range"), "{}", meaning.in_words);
    assert_eq!(Profile::safe().meaning(Level::DONT_SHARE).numbers, None);
}
