//! Programs that do what they may not: each is stopped, or cannot, and its run fails with the reason.

use std::time::{Duration, Instant};

use nest_collab::confine::{Program, ProgramError, StepRecords};

use super::node::{Seat, program};
use crate::data::{Folder, MARKED};

/// Runs Python in a folder of its own; what came of it, and what it wrote on standard error.
async fn python(code: &str, change: impl FnOnce(&mut Program)) -> (Result<usize, ProgramError>, String) {
    let folder = Folder::new();
    let mut program = program(&["/usr/bin/env", "python3", "-c", code]);
    program.folder = folder.path("");
    change(&mut program);
    let records = StepRecords::new(Vec::new(), Vec::new());
    let result = program.run(&records, &mut Seat::alone()).await.map(|claims| claims.len());
    let errors = std::fs::read(folder.path("stderr.log")).unwrap_or_default();
    (result, String::from_utf8_lossy(&errors).into_owned())
}

const DONE: &str = "\nprint('{\"do\":\"done\"}', flush=True)\n";

async fn fails(code: &str) -> ProgramError {
    let (result, errors) = python(&format!("{code}{DONE}"), |_| {}).await;
    match result {
        Err(error) => error,
        Ok(_) => panic!("it went on: {code}\n{errors}"),
    }
}

#[tokio::test]
async fn a_program_that_does_nothing_ends_well() {
    let (result, errors) = python(DONE, |_| {}).await;
    assert_eq!(result, Ok(0), "{errors}");
}

#[tokio::test]
async fn threads_and_temporary_files_are_allowed() {
    let code = "
import tempfile, threading, os, time, json, random, datetime, decimal, statistics, pathlib
done = []
threads = [threading.Thread(target=lambda: done.append(1)) for _ in range(8)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
assert len(done) == 8
with tempfile.NamedTemporaryFile() as file:
    file.write(b'x' * 1000000)
os.mkdir('sub'); pathlib.Path('sub/a').write_text('a'); os.rename('sub/a', 'sub/b'); os.remove('sub/b'); os.rmdir('sub')
assert set(os.environ) <= {'PATH', 'LANG', 'HOME', 'TMPDIR', 'LC_CTYPE'}, list(os.environ)
assert os.getcwd() == os.environ['HOME']
# Nothing of the node is open here.
open_files = []
for number in range(3, 256):
    try: os.fstat(number); open_files.append(number)
    except OSError: pass
assert not open_files, open_files
";
    let (result, errors) = python(&format!("{code}{DONE}"), |_| {}).await;
    assert_eq!(result, Ok(0), "{errors}");
}

#[tokio::test]
async fn a_socket_stops_the_program() {
    for code in [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:1/')",
        "import socket\ntry: socket.socket(socket.AF_INET)\nexcept Exception: pass",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    ] {
        assert_eq!(fails(code).await, ProgramError::Stopped, "{code}");
    }
    assert!(ProgramError::Stopped.to_string().contains("opened a socket"));
    // A socket of this machine alone is refused; a program may go on without.
    for code in [
        "import socket; socket.socket(socket.AF_UNIX)",
        "import socket; socket.socketpair()",
        "import asyncio; asyncio.new_event_loop()",
    ] {
        assert_eq!(fails(code).await, ProgramError::Ended(Some(1)), "{code}");
    }
}

#[tokio::test]
async fn another_process_stops_the_program() {
    let before = Instant::now();
    for code in [
        "import os\nwhile True: os.fork()",
        "import subprocess; subprocess.run(['/usr/bin/env', 'true'])",
        "import os; os.system('true')",
        "import os; os.posix_spawn('/usr/bin/env', ['env'], {})",
        "import multiprocessing as m; p = m.get_context('fork').Process(target=print); p.start()",
    ] {
        assert_eq!(fails(code).await, ProgramError::Stopped, "{code}");
    }
    assert!(before.elapsed() < Duration::from_secs(25), "none of them waited for its time");
}

#[tokio::test]
async fn the_keys_of_the_node_cannot_be_read() {
    let folder = Folder::new();
    let keys = folder.file("node.key", MARKED);
    let path = keys.display();
    for code in [
        format!("print(open('{path}').read())"),
        format!("import os; os.listdir('{}')", folder.path("").display()),
        format!("import os; os.symlink('{path}', 'key'); print(open('key').read())"),
        format!("import os; os.link('{path}', 'key')"),
        format!("import os; os.rename('{path}', 'key')"),
        format!("open('{path}', 'w')"),
        format!("import os; os.truncate('{path}', 0)"),
        format!("import os; os.remove('{path}')"),
        format!("import os; os.chmod('{path}', 0o777)"),
        format!("import os; os.execv('/usr/bin/cat', ['cat', '{path}'])"),
        "print(open('/etc/passwd').read())".to_owned(),
        "print(open('/proc/self/environ').read())".to_owned(),
        "import os; print(open(f'/proc/{os.getppid()}/environ').read())".to_owned(),
        "import os; print(os.listdir('/home'))".to_owned(),
        "print(open('/dev/mem', 'rb').read(1))".to_owned(),
        "open('/tmp/nest-collab-escaped', 'w')".to_owned(),
        "open('/usr/nest-collab-escaped', 'w')".to_owned(),
        "import os; os.mkfifo('/tmp/nest-collab-escaped')".to_owned(),
    ] {
        let error = fails(&code).await;
        assert!(matches!(error, ProgramError::Ended(Some(1))), "{code}: {error}");
        assert!(!error.to_string().contains(MARKED));
    }
    assert_eq!(std::fs::read_to_string(&keys).unwrap(), MARKED);
    assert!(!std::path::Path::new("/tmp/nest-collab-escaped").exists());
}

#[tokio::test]
async fn nothing_is_done_to_other_processes_or_to_limits() {
    let me = std::process::id();
    for code in [
        format!("import os; os.kill({me}, 9)"),
        "import os; os.kill(os.getppid(), 9)".to_owned(),
        "import os; os.kill(-1, 9)".to_owned(),
        "import signal; f = signal.pidfd_send_signal; import os; os.pidfd_open(os.getppid())".to_owned(),
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999))".to_owned(),
        "import resource; resource.prlimit(0, resource.RLIMIT_AS, (1 << 40, 1 << 40))".to_owned(),
        "import os; os.setuid(1)".to_owned(),
        "import os; os.unshare(0x10000000)".to_owned(),
        "import ctypes; l = ctypes.CDLL(None, use_errno=True); assert l.mount(b'a', b'/', b'tmpfs', 0, None) == 0".to_owned(),
        // io_uring would open sockets out of sight of the filter.
        "import ctypes; l = ctypes.CDLL(None, use_errno=True); assert l.syscall(425, 8, ctypes.create_string_buffer(200)) >= 0".to_owned(),
    ] {
        let error = fails(&code).await;
        assert!(matches!(error, ProgramError::Ended(Some(1))), "{code}: {error}");
    }
    let code = "import ctypes; l = ctypes.CDLL(None); l.ptrace(16, 1, 0, 0)";
    assert_eq!(fails(code).await, ProgramError::Stopped);
    // Reading limits and signals to itself are harmless.
    let code = "import resource, signal; resource.getrlimit(resource.RLIMIT_AS); signal.raise_signal(signal.SIGCONT)";
    let (result, errors) = python(&format!("{code}{DONE}"), |_| {}).await;
    assert_eq!(result, Ok(0), "{errors}");
}

/// The second numbers that calls have on x86-64 reach the same calls.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn the_second_numbers_of_calls_are_no_way_out() {
    let code = "import ctypes; l = ctypes.CDLL(None, use_errno=True)
assert l.syscall(0x40000000 + 41, 2, 1, 0) >= 0";
    assert!(matches!(fails(code).await, ProgramError::Stopped | ProgramError::Ended(Some(1))));
}

#[tokio::test]
async fn memory_and_time_are_over_at_some_point() {
    let (result, errors) = python(&format!("x = bytearray(600 << 20){DONE}"), |_| {}).await;
    assert_eq!(result, Err(ProgramError::Ended(Some(1))));
    assert!(errors.contains("MemoryError"), "{errors}");
    for code in ["while True: pass", "import time; time.sleep(600)", "import sys; sys.stdin.read()"] {
        let before = Instant::now();
        let (result, _) = python(code, |program| program.time = Duration::from_secs(1)).await;
        assert!(matches!(result, Err(ProgramError::Time | ProgramError::Processor)), "{code}: {result:?}");
        assert!(before.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn a_program_that_outlives_its_run_is_ended() {
    let code = format!("{DONE}\nimport time, os\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)");
    let folder = Folder::new();
    let mut program = program(&["/usr/bin/env", "python3", "-c", &code]);
    program.folder = folder.path("");
    let records = StepRecords::new(Vec::new(), Vec::new());
    let error = program.run(&records, &mut Seat::alone()).await.map(|_| ()).unwrap_err();
    assert_eq!(error, ProgramError::Outlived);
    let pid = std::fs::read_to_string(folder.path("pid")).unwrap();
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "it has ended");
}

#[tokio::test]
async fn what_is_no_request_ends_the_run() {
    for code in ["print('hello')", "print('{\"do\": \"dance\"}')", "print('{\"do\": \"take\", \"name\": 7}')"]
    {
        assert!(matches!(fails(code).await, ProgramError::Request(_)), "{code}");
    }
    let long = fails("import sys; sys.stdout.write('x' * (9 << 20)); sys.stdout.flush()").await;
    assert!(long.to_string().contains("8 MiB"), "{long}");
    // A field that the policy does not list is refused, and the program may go on.
    let code = "
import json, sys
print(json.dumps({'do': 'read', 'fields': ['ward']}), flush=True)
assert 'policy' in json.loads(sys.stdin.readline())['refused']['reason']
";
    let (result, errors) = python(&format!("{code}{DONE}"), |_| {}).await;
    assert_eq!(result, Ok(0), "{errors}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_not_started() {
    let folder = Folder::new();
    let script = folder.file("script.py", DONE);
    let (result, errors) = python("", |program| program.command = vec!["/usr/bin/none".into()]).await;
    assert!(matches!(result, Err(ProgramError::Ended(Some(1)))), "{result:?}");
    assert!(errors.contains("cannot be started"), "{errors}");
    // A script whose folder is not listed cannot be read.
    let command =
        |program: &mut Program| program.command[2..].clone_from_slice(&["-u".into(), script.clone().into()]);
    let (result, errors) = python("", command).await;
    assert!(matches!(result, Err(ProgramError::Ended(Some(2)))), "{result:?}");
    assert!(errors.contains("ermission denied"), "{errors}");
    let (result, errors) = python("", |program| {
        command(program);
        program.reads.push(folder.path(""));
    })
    .await;
    assert_eq!(result, Ok(0), "{errors}");
}

/// On a kernel without Landlock, nothing is started.
#[tokio::test]
async fn without_landlock_nothing_is_started() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    let thread = std::thread::spawn(|| {
        let calls = [libc::SYS_landlock_create_ruleset].map(|call| (call, Vec::new()));
        let arch = std::env::consts::ARCH.try_into().unwrap();
        let missing = SeccompAction::Errno(libc::ENOSYS as u32);
        let filter =
            SeccompFilter::new(calls.into_iter().collect(), SeccompAction::Allow, missing, arch).unwrap();
        let filter: BpfProgram = filter.try_into().unwrap();
        // This thread, and what it starts, has a kernel without Landlock.
        seccompiler::apply_filter(&filter).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(python(&format!("open('started', 'w'){DONE}"), |_| {}))
    });
    let (result, _) = thread.join().unwrap();
    let error = result.unwrap_err();
    assert!(matches!(&error, ProgramError::NotConfined(reason) if reason.contains("Landlock")), "{error}");
}
