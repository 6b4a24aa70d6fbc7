//! The document as it is sent. It is rendered once for each set of rights.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::web::Bytes;

use super::Description;
use crate::operation::Route;

/// How many documents are kept. There are no more kinds of callers than callers.
const MOST: usize = 64;

/// A description with the documents that were made of it.
#[derive(Debug)]
pub(crate) struct Rendered {
    description: Description,
    /// The key says for each route whether it is in the document.
    documents: Mutex<HashMap<Vec<bool>, Bytes>>,
}

impl Rendered {
    pub(crate) fn new(description: Description) -> Self {
        Self { description, documents: Mutex::default() }
    }

    pub(crate) fn description(&self) -> &Description {
        &self.description
    }

    /// The document of those routes that pass, in JSON.
    pub(crate) fn json(&self, passes: impl Fn(Route) -> bool) -> Bytes {
        let routes: Vec<bool> =
            self.description.routes.iter().map(|described| passes(described.route)).collect();
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(document) = documents.get(&routes) {
            return document.clone();
        }
        let document = Bytes::from(self.description.document(passes).to_string());
        if documents.len() >= MOST {
            documents.clear();
        }
        documents.insert(routes, document.clone());
        document
    }
}
