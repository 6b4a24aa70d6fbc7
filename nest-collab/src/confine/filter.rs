//! The system calls that a confined program may not make.
//!
//! A call that harmless programs try and do without gets an error. A call that starts another process or reaches the
//! network ends the program, so that its run fails rather than goes on in part.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Why no filter was made.
type Failed = seccompiler::BackendError;

/// Calls that the kernel of this machine need not have: a program that gets this does without them.
const NO_SUCH_CALL: u32 = libc::ENOSYS as u32;

/// Calls that are not allowed.
const NOT_ALLOWED: u32 = libc::EPERM as u32;

/// The filters, each to be applied: a call has to pass all of them.
///
/// # Errors
///
/// This processor has no filter.
pub(crate) fn filters(own: u32) -> Result<Vec<BpfProgram>, Failed> {
    Ok(vec![
        filter(stopped()?, SeccompAction::KillProcess)?,
        filter(refused(own)?, SeccompAction::Errno(NOT_ALLOWED))?,
        filter(unknown(), SeccompAction::Errno(NO_SUCH_CALL))?,
    ])
}

fn filter(mut rules: Rules, action: SeccompAction) -> Result<BpfProgram, Failed> {
    // On x86-64, each call has a second number, for programs with short pointers.
    if cfg!(target_arch = "x86_64") {
        let second: Vec<_> =
            rules.iter().map(|(call, rules)| (call | SHORT_POINTERS, rules.clone())).collect();
        rules.extend(second);
    }
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, action, arch)?.try_into()
}

/// The bit of those numbers.
const SHORT_POINTERS: i64 = 0x4000_0000;

/// Calls that end the program: other processes, and sockets that are not of this machine alone.
fn stopped() -> Result<Rules, Failed> {
    let mut rules = Rules::new();
    // A new process is a clone that is no thread.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, vec![argument(0, SeccompCmpOp::MaskedEq(thread), 0)?]);
    // `socket` of this machine alone is what name services try: it gets an error.
    rules.insert(libc::SYS_socket, vec![argument(0, SeccompCmpOp::Ne, libc::AF_UNIX as u64)?]);
    for call in [libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_process_vm_writev] {
        rules.insert(call, Vec::new());
    }
    #[cfg(target_arch = "x86_64")]
    for call in [libc::SYS_fork, libc::SYS_vfork] {
        rules.insert(call, Vec::new());
    }
    Ok(rules)
}

/// Calls that get an error.
fn refused(own: u32) -> Result<Rules, Failed> {
    let mut rules = Rules::new();
    for call in REFUSED {
        rules.insert(*call, Vec::new());
    }
    // Signals to itself are how a program ends itself.
    for call in [libc::SYS_kill, libc::SYS_tgkill] {
        rules.insert(call, vec![argument(0, SeccompCmpOp::Ne, own.into())?]);
    }
    // Limits may be read, and not set.
    let set = SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![set])?]);
    // The numbers that only programs with short pointers have.
    if cfg!(target_arch = "x86_64") {
        rules.extend((512..=547).map(|call| (call | SHORT_POINTERS, Vec::new())));
    }
    Ok(rules)
}

const REFUSED: &[i64] = &[
    // Sockets of any other kind.
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    // `socket` of this machine alone: the others never come here.
    libc::SYS_socket,
    // Signals to others, and handles of other processes.
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Limits and priorities.
    libc::SYS_setrlimit,
    libc::SYS_setpriority,
    libc::SYS_ioprio_set,
    // Who the process is.
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_capset,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    // What a process sees of the machine.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // The machine itself.
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    // Owners and rights of files are not among what Landlock decides.
    libc::SYS_fchownat,
    libc::SYS_fchown,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
];

/// Calls whose flags lie in memory, where no filter sees them. The C library then takes the older ones.
fn unknown() -> Rules {
    let calls =
        [libc::SYS_clone3, libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

fn argument(place: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompRule, Failed> {
    let condition = SeccompCondition::new(place, SeccompCmpArgLen::Dword, op, value)?;
    SeccompRule::new(vec![condition])
}
