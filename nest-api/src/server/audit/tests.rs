//! The log as a whole: on files, on disks that are full or soon will be, and on files that somebody changed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::thread;

use super::*;

/// A path in a folder of its own, which goes when this is dropped.
struct TempFile(PathBuf);

impl TempFile {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("nest-audit-{}", crate::RequestId::random()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder.join("audit.log"))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }

    fn set(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }

    fn open(&self) -> AuditLog {
        AuditLog::open(&self.0).unwrap().sync_each_line(false)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        std::fs::remove_dir_all(self.0.parent().unwrap()).ok();
    }
}

fn begun(caller: &str) -> Begun {
    Begun {
        request: crate::RequestId::random(),
        caller: CallerName::new(caller).unwrap(),
        operation: "results",
        activity: Some("reading-test"),
    }
}

fn write(log: &AuditLog, lines: usize) {
    for i in 0..lines {
        let mut line = log.reserve(begun("nest")).unwrap();
        line.opened(&Domain::new("platform").unwrap(), i);
        line.write("ok", 0).unwrap();
    }
}

fn check(text: impl AsRef<[u8]>) -> Result<Whole, Fault> {
    verify(text.as_ref(), None).unwrap()
}

/// The lines of a log.
fn log_of(lines: usize) -> Vec<String> {
    let file = TempFile::new();
    write(&file.open(), lines);
    file.text().lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_log_is_whole_while_it_is_written_and_continued_and_once_it_is_closed() {
    let file = TempFile::new();
    assert!(check("").unwrap() == Whole { lines: 0, torn: 0, last: LineHash::START });
    for round in 1..=3 {
        let log = file.open();
        write(&log, 5);
        assert!(file.text().ends_with("      "), "there is room for more");
        let open = check(file.text()).unwrap();
        drop(log);
        assert!(file.text().ends_with("\"}\n"), "the room is given back");
        assert_eq!(check(file.text()), Ok(open));
        assert_eq!((open.lines, open.torn), (round * 5, 0));
        let last = file.text().lines().last().unwrap().to_owned();
        assert_eq!(open.last, LineHash::of(last.as_bytes()));
    }
}

#[test]
fn what_is_done_to_a_line_is_found_where_it_is() {
    let lines = log_of(8);
    assert_eq!(check(joined(&lines)).unwrap().lines, 8);
    for i in 0..8 {
        let number = i as u64 + 1;
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            check(joined(&lines)).map(|whole| whole.lines)
        };
        // What a line says is seen by the line after it.
        let changed = with(&|lines| lines[i] = lines[i].replace("\"nest\"", "\"west\""));
        let seen = if i == 7 { Ok(8) } else { Err(Fault::DoesNotFollow(number + 1)) };
        assert_eq!(changed, seen);
        let removed = with(&|lines| drop(lines.remove(i)));
        let seen = if i == 7 { Ok(7) } else { Err(Fault::DoesNotFollow(number)) };
        assert_eq!(removed, seen);
        let twice = with(&|lines| lines.insert(i, lines[i].clone()));
        assert_eq!(twice, Err(Fault::DoesNotFollow(number + 1)));
        let swapped = with(&|lines| lines.swap(i, (i + 1) % 8));
        let first = if i == 7 { 1 } else { number };
        assert_eq!(swapped, Err(Fault::DoesNotFollow(first)));
        let garbled = with(&|lines| lines[i] = lines[i].replace("\"at\"", "\"time\""));
        let seen = if i == 7 { Fault::TornEnd(8) } else { Fault::NoLine(number) };
        assert_eq!(garbled, Err(seen));
        let spaced = with(&|lines| lines[i].push(' '));
        assert_eq!(spaced, Err(seen));
    }
    // A line of another chain, and an empty one.
    let mut inserted = lines.clone();
    inserted.insert(3, log_of(1).remove(0));
    assert_eq!(check(joined(&inserted)), Err(Fault::DoesNotFollow(4)));
    inserted[3].clear();
    assert_eq!(check(joined(&inserted)), Err(Fault::NoLine(4)));
}

#[test]
fn a_noted_hash_shows_what_the_chain_cannot() {
    let lines = log_of(5);
    let noted = check(joined(&lines[..4])).unwrap().last;
    let with_noted = |lines: &[String]| verify(joined(lines).as_bytes(), Some(noted)).unwrap();
    assert_eq!(with_noted(&lines[..4]).unwrap().lines, 4);
    assert_eq!(with_noted(&lines).unwrap().lines, 5, "it has grown since");
    assert_eq!(with_noted(&lines[..3]), Err(Fault::NotedMissing(3)));
    assert_eq!(with_noted(&[]), Err(Fault::NotedMissing(0)));
    assert_eq!(with_noted(&log_of(5)), Err(Fault::NotedMissing(5)));
    assert!(verify(&b""[..], Some(LineHash::START)).unwrap().is_ok());
}

#[test]
fn an_operation_that_is_given_up_leaves_a_line() {
    let file = TempFile::new();
    let log = file.open();
    drop(log.reserve(begun("first")).unwrap());
    let mut opened = log.reserve(begun("second")).unwrap();
    opened.opened(&Domain::new("platform").unwrap(), 12);
    drop(opened);
    log.reserve(begun("third")).unwrap().write("item-unreadable", 0).unwrap();
    let text = file.text();
    assert_eq!(check(&text).unwrap().lines, 3);
    let expected = [
        r#""domain":null,"records":0,"failed":0,"outcome":"abandoned","#,
        r#""domain":"platform","records":12,"failed":0,"outcome":"abandoned","#,
        r#""domain":null,"records":0,"failed":0,"outcome":"item-unreadable","#,
    ];
    for (line, expected) in text.lines().zip(expected) {
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn eight_threads_write_one_chain() {
    let file = TempFile::new();
    let log = file.open();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for i in 0..100 {
                    // Several at once, that end in another order than they began in.
                    let lines: Vec<_> = (0..=i % 3).map(|_| log.reserve(begun("nest")).unwrap()).collect();
                    lines.into_iter().rev().for_each(|line| line.write("ok", i).unwrap());
                }
            });
        }
    });
    drop(log);
    assert_eq!(check(file.text()).unwrap().lines, 8 * (33 * 6 + 1));
}

#[test]
fn a_log_is_open_once() {
    let file = TempFile::new();
    let log = file.open();
    assert_eq!(AuditLog::open(&file.0).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
    let reservation = log.reserve(begun("nest")).unwrap();
    drop(log);
    assert_eq!(AuditLog::open(&file.0).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
    drop(reservation);
    file.open();
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_a_new_log() {
    use std::os::unix::fs::PermissionsExt;
    let file = TempFile::new();
    file.open();
    assert_eq!(std::fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Wherever a crash cuts the last line, or the line about it, the log is continued and whole.
#[test]
fn a_torn_line_is_kept_and_told_of() {
    let lines = log_of(3);
    let (before, last) = (joined(&lines[..2]), format!("{}\n", lines[2]));
    let file = TempFile::new();
    // Each opens the file anew, which waits for the disk: every seventh place, and all near the end.
    let some = |cut: &usize, end: usize| cut.is_multiple_of(7) || cut + 4 > end;
    for cut in (1..last.len()).filter(|cut| some(cut, last.len())) {
        let room = " ".repeat(cut * 37);
        file.set(&format!("{before}{}{room}", &last[..cut]));
        let torn = cut < last.len() - 1;
        if torn {
            assert_eq!(check(file.text()), Err(Fault::TornEnd(3)), "{cut}");
        }
        write(&file.open(), 2);
        let whole = check(file.text()).unwrap();
        assert_eq!((whole.lines, whole.torn), (5, u64::from(torn)), "{cut}");
        assert!(file.text().starts_with(&format!("{before}{}\n", last[..cut].trim_end())), "{cut}");
    }

    let half = &last[..100];
    file.set(&format!("{before}{half}"));
    drop(file.open());
    let mended = file.text();
    let start = before.len() + half.len();
    for cut in (start..mended.len() - 1).filter(|cut| some(cut, mended.len()) || *cut < start + 4) {
        file.set(&mended[..cut]);
        write(&file.open(), 1);
        let whole = check(file.text()).unwrap();
        assert_eq!((whole.lines, whole.torn), (4, 1), "{cut}");
    }
    // The torn text itself is in the chain as well.
    let changed = mended.replace(half, &half.replace("nest", "west"));
    assert_eq!(check(changed), Err(Fault::NotAsTorn(4)));
    assert_eq!(check(mended.replace(&format!("{half}\n"), "")), Err(Fault::NotAsTorn(3)));
}

#[test]
fn another_file_is_not_written_to() {
    let file = TempFile::new();
    file.set("[secrets]\n");
    assert_eq!(AuditLog::open(&file.0).unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert_eq!(file.text(), "[secrets]\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_fails_the_operation_before_it_begins() {
    let log = AuditLog::open("/dev/full").unwrap();
    let refused = log.reserve(begun("nest")).err().unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    // It is asked again, rather than given up.
    assert_eq!(log.reserve(begun("nest")).err().unwrap().kind(), io::ErrorKind::StorageFull);
}

/// A disk of so many bytes, which writes over what is there in place.
#[derive(Clone)]
struct SmallDisk {
    bytes: Arc<Mutex<Vec<u8>>>,
    size: usize,
    faulty: Arc<Mutex<bool>>,
}

impl Disk for SmallDisk {
    fn write_at(&mut self, place: u64, bytes: &[u8]) -> io::Result<()> {
        let place = usize::try_from(place).unwrap();
        let mut disk = self.bytes.lock().unwrap();
        assert!(place <= disk.len(), "there would be a hole");
        for (i, byte) in bytes.iter().enumerate() {
            if *self.faulty.lock().unwrap() && i == 10 {
                return Err(io::Error::other("a bad sector"));
            }
            if place + i < disk.len() {
                disk[place + i] = *byte;
            } else if disk.len() < self.size {
                disk.push(*byte);
            } else {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn len(&mut self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.bytes.lock().unwrap().truncate(usize::try_from(len).unwrap());
        Ok(())
    }
}

fn small_disk(size: usize) -> (SmallDisk, AuditLog) {
    let disk = SmallDisk { bytes: Arc::default(), size, faulty: Arc::default() };
    let tail = tail::Tail { end: 0, last: LineHash::START, newline_missing: false, torn: None };
    let log = AuditLog::continued(Box::new(disk.clone()), &tail).unwrap();
    (disk, log)
}

#[test]
fn whoever_was_let_in_has_room_whatever_happens_to_the_disk() {
    let mut full = 0;
    for size in (100_000..400_000).step_by(7919) {
        let (disk, log) = small_disk(size);
        let (mut open, mut written) = (Vec::new(), 0);
        // Fill the disk, each third line at once and the others not before it is full.
        let refused = loop {
            match log.reserve(begun(&"\"".repeat(100))) {
                Ok(line) if open.len() % 3 == 0 && written % 2 == 0 => {
                    line.write("ok", usize::MAX).unwrap();
                    written += 1;
                    open.push(None);
                }
                Ok(line) => {
                    open.push(Some(line));
                    written += 1;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        for line in open.into_iter().flatten() {
            line.write("ok", usize::MAX).unwrap();
            full += 1;
        }
        assert!(log.reserve(begun("nest")).is_ok(), "room that is not needed any more is given to others");
        drop(log);
        let text = disk.bytes.lock().unwrap().clone();
        assert_eq!(check(text).unwrap().lines, written + 1);
    }
    assert!(full > 1000, "{full} lines were written to full disks");
}

#[test]
fn after_a_line_that_could_not_be_written_nothing_begins() {
    let (disk, log) = small_disk(1_000_000);
    write(&log, 3);
    let open = [log.reserve(begun("a")).unwrap(), log.reserve(begun("b")).unwrap()];
    *disk.faulty.lock().unwrap() = true;
    let mut open = open.into_iter();
    assert!(open.next().unwrap().write("ok", 0).is_err());
    *disk.faulty.lock().unwrap() = false;
    assert!(open.next().unwrap().write("ok", 0).is_err());
    assert!(log.reserve(begun("c")).is_err());
    drop(log);
    // What is on the disk is what a crash leaves.
    let text = disk.bytes.lock().unwrap().clone();
    let tail = tail::read(&mut io::Cursor::new(&text)).unwrap();
    assert!(tail.torn.is_some());
    let log = AuditLog::continued(Box::new(disk.clone()), &tail).unwrap();
    write(&log, 1);
    drop(log);
    let whole = check(disk.bytes.lock().unwrap().clone()).unwrap();
    assert_eq!((whole.lines, whole.torn), (5, 1));
}

#[test]
fn a_log_that_is_cut_in_place_is_noticed_before_anything_begins() {
    let file = TempFile::new();
    let log = file.open();
    write(&log, 3);
    let begun_before = log.reserve(begun("nest")).unwrap();
    // As `copytruncate` does.
    let copied = file.text();
    std::fs::OpenOptions::new().write(true).open(&file.0).unwrap().set_len(0).unwrap();
    let refused = log.reserve(begun("nest")).err().unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    for part in ["was cut", "copytruncate", "restart"] {
        assert!(refused.to_string().contains(part), "{refused}");
    }
    assert!(begun_before.write("ok", 0).is_err());
    assert!(log.reserve(begun("nest")).is_err());
    drop(log);
    assert_eq!(file.text(), "", "nothing is written behind the end");
    // What was copied is whole, and so is what is begun anew.
    assert_eq!(check(&copied).unwrap().lines, 3);
    write(&file.open(), 2);
    assert_eq!(check(file.text()).unwrap().lines, 2);
}

/// A file without an end. It counts how much was read.
struct Endless {
    bytes: Vec<u8>,
    at: usize,
    read: u64,
}

impl io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for byte in into.iter_mut() {
            *byte = self.bytes[self.at % self.bytes.len()];
            self.at += 1;
        }
        self.read += into.len() as u64;
        Ok(into.len())
    }
}

#[test]
fn any_file_is_read_as_far_as_it_could_be_a_log() {
    for bytes in [&b"\0"[..], b"x", b"x\n", b"{\"at\":\"", b"\n", b" x", b"                 \n"] {
        let mut file = io::BufReader::with_capacity(4096, Endless { bytes: bytes.to_vec(), at: 0, read: 0 });
        assert_eq!(verify(&mut file, None).unwrap(), Err(Fault::NoLine(1)), "{bytes:?}");
        assert!(file.get_ref().read < 64 * 1024, "{bytes:?}: {}", file.get_ref().read);
    }
    // Behind whole lines, too; and room of any size is no line.
    let lines = joined(&log_of(3));
    assert_eq!(check(format!("{lines}{}", "x".repeat(1 << 20))), Err(Fault::NoLine(4)));
    assert_eq!(check(format!("{lines}{}\n", " ".repeat(1 << 20))), Err(Fault::NoLine(4)));
    assert_eq!(check(format!("{lines}{}", " ".repeat(1 << 20))).unwrap().lines, 3);
    let unended = lines.trim_end_matches('\n');
    assert_eq!(check(format!("{unended}{}", " ".repeat(1 << 20))).unwrap().lines, 3);
    assert_eq!(check(format!("{lines}torn{}", " ".repeat(1 << 20))), Err(Fault::TornEnd(4)));
}
