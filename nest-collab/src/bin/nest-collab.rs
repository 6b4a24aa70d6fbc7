//! The command `nest-collab`.

fn main() -> std::process::ExitCode {
    nest_collab::cli::main()
}
