//! The words that names of fields are made of, by what they mean there: English, Dutch and German.
//!
//! General words only. What one register calls its columns does not belong here: the rules shall hold for registers
//! that their authors have not seen.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What a word means in the name of a field. A word may mean more than one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Sense {
    /// Identifies by itself, whatever follows: `email`, `surname`.
    Identifier = 1,
    /// Identifies where it is what the name is about: `home_phone`, and not `phone_minutes`.
    Contact = 1 << 1,
    /// Identifies a person in a text, and is no number: `facebook`, `mentor`.
    TextOnly = 1 << 2,
    /// An identifier of what stands beside it: `id`.
    Id = 1 << 3,
    /// A number or code, of what stands beside it: `number`, `code`.
    Number = 1 << 4,
    /// The word `name`.
    Name = 1 << 5,
    /// Makes a name that of a person: `first`, `family`.
    NamePart = 1 << 6,
    /// A person: `pupil`, `mother`.
    Person = 1 << 7,
    /// What is issued to one person: `passport`, `account`.
    Document = 1 << 8,
    /// What is the same for everybody: `question`, `concept`.
    Content = 1 << 9,
    /// A day of the calendar: `date`.
    Date = 1 << 10,
    /// A moment, to the second: `timestamp`.
    Stamp = 1 << 11,
    /// A moment or a duration: `time`.
    Time = 1 << 12,
    /// What was done at a moment: `created`.
    Done = 1 << 13,
    /// Where something begins or ends.
    Edge = 1 << 14,
    /// What begins, ends, or happens once: `admission`.
    Event = 1 << 15,
    /// The first or the last of several.
    Ordinal = 1 << 16,
    /// Makes a time a duration: `reaction`.
    Span = 1 << 17,
    /// A unit of time.
    Unit = 1 << 18,
    /// Birth, or one who is born.
    Birth = 1 << 19,
    /// What can be said of a thing without naming it: `type`, `remark`.
    Property = 1 << 20,
    /// Counts or measures what follows: `number of`, `has`.
    Quantity = 1 << 21,
    /// Joins a head noun to what comes behind it: `of`.
    Of = 1 << 22,
    /// Says nothing about what a field holds: `home`, `new`.
    Filler = 1 << 23,
    /// A preposition of time behind a verb: `at`.
    At = 1 << 24,
    /// Says from when or until when.
    Limit = 1 << 25,
    /// A preposition before who did it: `by`.
    By = 1 << 26,
    /// A word of its own, which is not to be taken apart or for a plural: `update`, `bedtime`.
    Whole = 1 << 27,
    /// Gives a place on earth: `latitude`.
    Place = 1 << 28,
    /// A day of any kind.
    Day = 1 << 29,
    /// The day of a birth in one word.
    Birthday = 1 << 30,
    /// What a program writes down when it saves something: `created`.
    Written = 1 << 31,
    /// What happens again and again, and whose first and last moments are kept: `login`.
    Visit = 1 << 32,
    /// A person, where a field that is called so alone says which one: `participant`.
    Someone = 1 << 34,
    /// Trouble, in which somebody is called.
    Emergency = 1 << 35,
    /// One who is called.
    Helper = 1 << 36,
    /// A word that is not taken for a part of another: `sid`.
    Alone = 1 << 33,
}

/// All that a word may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Senses(u64);

impl Senses {
    /// Whether one of the meanings is this one.
    pub(super) fn has(self, sense: Sense) -> bool {
        self.0 & sense as u64 != 0
    }

    /// Whether one of the meanings is one of these.
    pub(super) fn has_any(self, senses: &[Sense]) -> bool {
        senses.iter().any(|sense| self.has(*sense))
    }

    /// Whether nothing is known about the word.
    pub(super) fn is_unknown(self) -> bool {
        self.0 == 0
    }
}

/// The words of each meaning, in the singular where a plural is formed by `s`, `es`, `e`, `n` or `en`.
const WORDS: &[(Sense, &str)] = &[
    (
        Sense::Identifier,
        "aadhaar aanspreeknaam achternaam ahv ausweis barcode benutzername bsn bssid burgerservicenummer \
         contactdetails contactgegevens contactinfo contactinformation courriel cpf eckid eduid email \
         emailaddress emailadres familienname firstname fname forename fullname gebruikersnaam geburtsname \
         geocode geohash geolocation geslachtsnaam gps guid hhid hostname iban iccid idno idnr imei imsi \
         initialen initials ipaddr ipaddress kennzeichen kenteken kfz kontaktdaten lastname lname \
         loginname macaddr macaddress maidenname matrikel meisjesnaam mname mrn msisdn nachname nickname \
         nino nonce nummerplaat orcid paspoort passport personalausweis phonenumber plz postalcode \
         postcode postleitzahl prenom pseudonym ptid reisepass roepnaam rowid rufname ssid ssn subid \
         subjid surname svnr telefon telefoon telephone telnr tussenvoegsel udid ulid upn username uuid \
         voorletter voornaam vorname zipcode",
    ),
    (
        Sense::Contact,
        "account addr address adr adres adresse alias anschrift cellphone checksum cookie fax fingerprint \
         gsm handtekening handy hash hausnummer homepage huisnummer initial ip ipv konto linkedin login mac \
         mail mobiel mobil mobile mobilfunk password passwort phone pid rekening secret seq sequence \
         serial signature signin straat strasse street tel telecom telefax token unterschrift uri url urn \
         wachtwoord website woonadres zip",
    ),
    (
        Sense::TextOnly,
        "ansprechpartner arzt avatar contactpersoon docent doctor emergencycontact facebook github \
         hausarzt huisarts icq instagram klassenlehrer kontaktperson leerkracht lehrer lehrerin leraar \
         mentor msn notfallkontakt physician portrait selfie skype snapchat supervisor teacher telegram \
         tiktok tutor twitter whatsapp yahoo",
    ),
    (Sense::Id, "gid id ident identificatie identifier identifikator kennung primarykey sid uid userkey"),
    (
        Sense::Number,
        "cd code identification identifikation kenmerk kennziffer key kode no nr num number nummer plate \
         ref reference referenz schluessel sleutel zeichen",
    ),
    (Sense::Name, "naam name namen nm"),
    (
        Sense::NamePart,
        "birth christian display familien family first full geboorte geburt geburts given last legal login \
         maiden middle nach nick preferred ruf screen second sur user vor",
    ),
    (
        Sense::Person,
        "aanvrager actor adolescent agent applicant arzt author benutzer bewerber bewohner brother buerger \
         burger candidate caregiver carer caretaker child children citizen client clinician contact \
         customer deelnemer director docent doctor donor dozent dr driver eltern elternteil emerg \
         emergency emp employee erz erzieher erziehungsberechtigte examiner familie family father \
         gebruiker gezin guardian hausarzt haushalt holder household huisarts husband insured interviewer \
         investigator inwoner kandidaat kandidat kid kind kinder klant kontakt kunde kunden learner \
         leerkracht leerling lehrer lehrkraft leider leiter leraar lid medewerker member mentor \
         mitarbeiter mitglied moeder mother mutter notfall nurse observer operator ouder owner parent \
         participant participants partner pat patient people pers person personal personeel personen \
         persons persoon physician player pp ppt practitioner prescriber principal proband proefpersoon \
         provider pt pupil rater recipient reporter resident resp respondent scholar schueler sender \
         sibling sister spouse staff stu stud student subj subject teacher teilnehmer tenant therapist \
         tutor twin user usr vader vater versicherte versuchsperson verzekerde verzorger volunteer voogd \
         vormund vp vpn werknemer wife worker youth",
    ),
    (
        Sense::Document,
        "acc accession account acct akte akten anmeldung ausweis bank booking buchung burger card case \
         cell chart contract device dossier enrollment enrolment factuur fahrzeug fall fax file \
         fuehrerschein geraet handy haus hospital house huis identitaet identiteit identity inschrijving \
         insurance invoice kaart karte konto licence license lizenz matriculation matrikel medicaid \
         medical medicare mobiel mobil mobile national nhs onderwijs pass passport permit personal phone \
         plate policy polis rec rechnung record reg registratie registration registrierung registry \
         rekening rijbewijs security serial sim social sozial sozialversicherung staff stamm steuer tax \
         telefon telefoon telephone ticket toestel transaction vehicle vergunning versicherten \
         versicherung vertrag verzekering voertuig zaak",
    ),
    (
        Sense::Content,
        "activity answer arm artikel assessment audio aufgabe batch bild bildungsgang block blok boek book \
         buch build bus catalog catalogue categorie category chapter charge choice class cohort color \
         colour competency concept condition content country course currency cursus dag data dataset day \
         deel diagnose diagnosis dictionary domain drug event exam examen exercise fach farbe form \
         formular formulier foto frage gene grade groep group gruppe hoofdstuk hour icon image instrument \
         item jaar jahr jahrgang kamer kanal kategorie klas klasse kleur kurs lab label land language lauf \
         leerjaar lektion les lesson lfd line logo lokaal lot maand measure medication method modul module \
         monat month objective opdracht opgave opleiding option page pagina photo picture plan platz \
         problem procedure product produkt proef program programme protocol pruefung question rang raum \
         regel reihe relationship release right rij rol role rolle ronde room round row run scale scan \
         schaal scheme seite semester site sitz skala skill software species spoor sprache standard state \
         status stim stimulus studiengang subjectarea survey taal tag task taxon teil template term test \
         thema toets topic tram trial typ type umfrage unit vak variant verb versie version versuch video \
         vocabulary volg vorlage vraag waehrung wave week woche year zeile zimmer",
    ),
    (Sense::Date, "dat date datum dt dtc"),
    (
        Sense::Stamp,
        "createdat datetime datumtijd datumzeit dtm dttm epoch lastseen micros millis nanos posix stamp \
         tijdstempel timecreated timestamp ts tstamp unix unixtime updatedat utc zeitstempel",
    ),
    (Sense::Time, "moment tijd tijdstip time tm uhrzeit zeit zeitpunkt"),
    (
        Sense::Done,
        "aangemaakt aangemeld abgeschlossen accessed activated administered admitted afgerond aktualisiert \
         angelegt beendet bijgewerkt changed closed collected completed created deleted discharged \
         downloaded drawn eingegangen ended enrolled entered erstellt expired finished geaendert gestart \
         gestartet gewijzigd ingeleverd ingeschreven ingevuld issued logged measured modified ontvangen \
         opened posted published received recorded registered saved scheduled seen sent signed started \
         stored submitted taken uitgeschreven updated uploaded verified verzonden visited",
    ),
    (
        Sense::Edge,
        "aankomst aanvang anfang ankunft arrival austritt auszug begin beginn begintijd departure eind \
         einde eindtijd einschulung eintritt einzug end ende endzeit expiration expiry finish onset start \
         starttijd startzeit stop umzug verhuizing vertrek",
    ),
    (
        Sense::Event,
        "aankomst abgang abmeldung abschluss admission ankunft anmeldung arrival aufnahme austritt auszug \
         behandeling behandlung death departure diploma discharge divorce einschulung eintritt einzug \
         employment enrollment enrolment entlassung exposure graduation heirat hospitalisation \
         hospitalization huwelijk illness impfung incident infection infektion inschrijving intake \
         interval interview krankheit marriage ontslag operatie operation opname overlijden registration \
         residency schlaf session slaap sleep study surgery survey symptom therapy tod treatment \
         uitschrijving umzug vaccinatie vaccination vertrek visit vorfall ziekte zugang",
    ),
    (Sense::Ordinal, "eerste erste erster first laatste last latest letzte letzter letztes next"),
    (
        Sense::Span,
        "acquisition active activity antwort audio average avg bearbeitung bearbeitungs bed bleeding block \
         breakfast clotting commute computer computing cook cooking cycle decay delay dinner drive driving \
         duration dwell echo elapsed execution exposure fall fixation follow followup free full gaming \
         gaze half homework idle inspection internet interval inversion lag latency lead lees leisure lese \
         life limit load loading lunch max maximum meal mean median meet mess messung meting min minimum \
         over part per planning play playing practice processing prothrombin ramp reactie reactietijd \
         reaction reading reaktion reaktions recall recovery reis reise relaxation remaining repetition \
         resp response rest resting rise rt run running saccade schlaf screen sd seat sedentary sit \
         sitting slaap sleep slice solving spare spent stand standing stim stimulus study sum survival \
         thinking thrombin thromboplastin timer total training travel travelling trial tv variance video \
         viewing wacht wait waiting wake wakeup waking walk walking warte watch watching work working",
    ),
    (
        Sense::Unit,
        "hours minutes seconds hour hr hrs microsecond millisecond milliseconds min mins minute minuten minuut ms msec \
         nanosecond s sec second seconde sekunde stunde uren uur",
    ),
    (
        Sense::Birth,
        "bday birth birthdate birthday born brth dateofbirth dob geb geboorte geboortedag geboortedatum \
         geboren geburt geburts geburtsdatum geburtstag naissance",
    ),
    (
        Sense::Property,
        "aantal accuracy age alter altitude amount anzahl area art attempt attempts availability available \
         balance band battery bearing bemerkung bereich beschreibung bracket brand call capacity categorie \
         category change check city class cm cnt comment commentaar complication confirmation confirmed \
         consent content cost count country course dagen dauer days decile delta depth desc descr \
         description design diff difference distance district domain drawing duration duur effect enabled \
         energy err error estimate estimated estimation flag format frame freq frequency gewicht groep \
         group grund gruppe height help hours income index indicator interest interval interview jaar jahr \
         jahre jaren kategorie kg kind known kommentar kwaliteit kwartaal label laenge lag land language \
         leeftijd lengte length level limit maand maanden make mark material method minutes missing mm \
         mode model monat monate month months need niveau note notiz offset omschrijving opmerking opt \
         order ort os outcome ownership pct percent percentage period permission plaats place point points \
         policy population position power precision pref preference preferred prefix pressure price \
         provider purpose qualitaet quality quartal quarter quintile range rank rate rating ratio reason \
         recall reden region remark resolution result resultat reward satellite scheme score screen \
         seconds seen setting settings signal size skills slot soort sort source speed sprache stad stadt \
         standard status strategy strength stufe subtype suffix survey symptom symptoms system taal table \
         tage temperature theft theme threshold titel title toelichting typ type unavailable uncertainty \
         units unknown usage use valid validity verified version visibility visible volume week weeks \
         weight weken width window woche wochen year years zone",
    ),
    (
        Sense::Quantity,
        "aantal age alter any anzahl average avg can cnt count dauer days duration duur freq frequency had \
         has hat heeft hours interval is ist leeftijd length mean median minutes months n nb num number \
         pct percent percentage prob probability rate ratio score sum total was weeks years",
    ),
    (Sense::Of, "de der des du en for fuer of van vom von voor"),
    (
        Sense::Filler,
        "a allg allgemein alt alternative and b business c centroid current d dad decimal default deg \
         degrees e electronic elektronisch emergency en encrypted ext extern external father full geo \
         global hashed home instance int intern internal international key line local main masked mom \
         mother my neu new nieuw office old only orig original other own parent permanent person personal \
         primary privat private prive public published pupil raw record regel research row school schul \
         schule sec secondary source str string student study target teacher temp temporary text the tmp \
         txt und unique user value waarde web wert work x y zeile",
    ),
    (Sense::At, "am at on op um"),
    (Sense::Limit, "bis seit since sinds until vanaf"),
    (Sense::By, "by door durch"),
    (
        Sense::Whole,
        "accommodate agenda airtime antedate anytime attend backdate backend bedtime blend candidate \
         candidates caseload casino cellular centime childbirth clientele consolidate dated daytime \
         dienstag dinnertime dinsdag dividend donderdag donnerstag downtime elucidate ending feiertag \
         flexitime flextime fluoridate freitag friday friend frontend fulltime halftime holiday intimidate \
         inundate invalidate legend lifetime liquidate longtime lunchtime maandag mailing mandate mandated \
         maritime mealtime meantime mistime monday montag nighttime noontime onetime outdated overtime \
         parttime pastime peacetime personality personnel playtime postal postdate predate ragtime \
         realtime runtime samstag saturday screentime sedate showtime sometime sometimes sonntag spend \
         springtime starter startle stillbirth subjective summertime sunday teatime thursday timeframe \
         timeline timeout timepoint timescale timetable timezone today tokens trend tuesday undated update \
         updates uptime validate vrijdag wartime wednesday weekend wintertime woensdag yesterday zaterdag \
         zondag",
    ),
    (
        Sense::Place,
        "breedtegraad breitengrad laengengrad lat latitude latlng latlon latlong lengtegraad lng lon \
         longitude",
    ),
    (Sense::Day, "dag day tag"),
    (
        Sense::Birthday,
        "bday birthdate birthday dateofbirth dob geboortedag geboortedatum geburtsdatum geburtstag",
    ),
    (
        Sense::Written,
        "aangemaakt aktualisiert bijgewerkt created erstellt geaendert gewijzigd ingeleverd modified \
         submitted updated",
    ),
    (
        Sense::Visit,
        "access accessed active activity afspraak appointment besuch bezoek change changed contact \
         download login logoff logout modification modified purchase seen signin signup submission submit \
         sync termin update upload visit visited",
    ),
    (
        Sense::Someone,
        "benutzer deelnemer gebruiker learner leerling participant patient patientin proband proefpersoon \
         pupil respondent schueler schuelerin student subj teilnehmer user versuchsperson",
    ),
    (Sense::Emergency, "emerg emergency nood notfall"),
    (Sense::Helper, "contact kontakt person persoon"),
    (
        Sense::Alone,
        "acc adr cat dat ext gid guid ident int lat lng lon mac max min par pat per pid rec sec sid str \
         stu tag tel uid",
    ),
];

/// What a word means, as it stands here.
pub(super) fn exact(word: &str) -> Option<Senses> {
    static TABLE: OnceLock<HashMap<&'static str, Senses>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        for (sense, words) in WORDS {
            for word in words.split_ascii_whitespace() {
                table.entry(word).or_insert(Senses(0)).0 |= *sense as u64;
            }
        }
        table
    });
    table.get(word).copied()
}

/// What a word means, in the singular or in the plural.
pub(super) fn senses(word: &str) -> Option<Senses> {
    exact(word).or_else(|| {
        ["s", "es", "en", "n", "e"].iter().find_map(|ending| {
            let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= 2)?;
            let found = exact(stem)?;
            // Short words form their plural in `s` only.
            (*ending == "s" || stem.len() >= 5 && !found.has(Sense::Whole)).then_some(found)
        })
    })
}
