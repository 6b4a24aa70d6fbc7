//! A real nginx before a data source, with the settings that `docs/proxies.md` tells operators to write.
//!
//! It runs where nginx is installed (`apt-get install nginx-light`), and says so where it is not.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nest_api::prelude::*;
use nest_examples::records::{Assessment, PersonInfo, Role};

use crate::field::{Field, client};

/// nginx on a free port of loopback until this is dropped.
struct Nginx {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Nginx {
    /// `None` where there is no nginx here.
    async fn start(server: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("nest-nginx-{}", Pseudonym::random().to_hex()));
        fs::create_dir(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {}/{name};\n", folder.display()))
            .concat();
        let text = format!(
            "daemon off; master_process off; pid {0}/pid; error_log {0}/error.log;\n\
             events {{ worker_connections 256; }}\nhttp {{ access_log off;\n{temporary}{1}\n}}\n",
            folder.display(),
            server.replace("127.0.0.1:8443", &format!("127.0.0.1:{port}"))
        );
        fs::write(folder.join("nginx.conf"), text).unwrap();
        let process = Command::new("nginx")
            .arg("-p")
            .arg(&folder)
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .arg("-e")
            .arg(folder.join("error.log"))
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            fs::remove_dir_all(&folder).ok();
            println!("there is no nginx here: nothing was tried");
            return None;
        };
        let nginx = Self { process, folder, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..200 {
            if reqwest::get(&nginx.url).await.is_ok() {
                return Some(nginx);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "nginx did not start: {}",
            fs::read_to_string(nginx.folder.join("error.log")).unwrap_or_default()
        );
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// The settings that the page tells to write.
fn documented() -> String {
    let page = include_str!("../../../docs/proxies.md");
    let (_, settings) = page.split_once("```nginx\n").unwrap();
    settings.split_once("```").unwrap().0.to_owned()
}

/// Enough people that their request is longer than nginx takes by itself.
fn crowd() -> Vec<(Pseudonym, PersonInfo)> {
    (0..4_500).map(|_| (Pseudonym::random(), PersonInfo { role: Role::Pupil })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_the_page_let_everything_through() {
    let field = Field::new().await;
    let upstream = field.url.trim_start_matches("http://");
    let Some(nginx) = Nginx::start(&documented().replace("127.0.0.1:8080", upstream)).await else { return };
    let url = format!("{}/nest", nginx.url);

    let nest = client(&url, field.nest.clone());
    let people = field.people().await;
    let who: Vec<_> = people.iter().map(|line| line.person).collect();
    assert_eq!(nest.participants().create_batch(crowd()).await.unwrap().len(), 4_500);
    assert!(nest.last_exchange().unwrap().sent_bytes > 1 << 20);
    assert_eq!(nest.activity::<Assessment>().progress_batch(&who).await.unwrap().len(), who.len());

    // What stands around the routes is below the prefix as well.
    let get = async |path: &str| reqwest::get(format!("{url}{path}")).await.unwrap().status().as_u16();
    assert_eq!(get("/api/v1/health").await, 200);
    assert_eq!(get("/api/v1/ready").await, 200);
    assert_eq!(get("/api/v1/openapi.json").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_them_nginx_refuses_what_the_source_takes() {
    let field = Field::new().await;
    let server = format!("server {{ listen 127.0.0.1:8443; location / {{ proxy_pass {}; }} }}", field.url);
    let Some(nginx) = Nginx::start(&server).await else { return };
    let refused = client(&nginx.url, field.nest.clone()).participants().create_batch(crowd()).await;
    let Err(nest_api::ClientError::Refused { status: 413, code: None, .. }) = refused else {
        panic!("{:?}", refused.map(|answers| answers.len()));
    };
}
