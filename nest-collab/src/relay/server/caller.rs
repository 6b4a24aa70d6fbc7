//! Who calls: the organisation of the bearer token.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use actix_web::HttpRequest;
use sha2::{Digest as _, Sha256};

use super::database::{Database, StoreError};
use super::problem::Refusal;
use crate::identity::{IdentityKey, OrgId, OrgName};

/// An organisation that calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) name: OrgName,
    pub(super) identity: IdentityKey,
    pub(super) id: OrgId,
}

/// The organisations that called before, by the hash of their token.
#[derive(Debug, Default)]
pub(super) struct Callers(RwLock<HashMap<[u8; 32], Caller>>);

impl Callers {
    pub(super) async fn find(
        &self,
        database: &Database,
        token: [u8; 32],
    ) -> Result<Option<Caller>, StoreError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&token).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let sql = "SELECT name, identity, fingerprint FROM organization WHERE token = $1";
        let rows = database.query(sql, &[token.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let caller = Caller {
            name: OrgName::new(&row.text(0)?).map_err(|_| StoreError::Other("name".to_owned()))?,
            identity: IdentityKey(row.array(1)?),
            id: OrgId(row.array(2)?),
        };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(token, caller.clone());
        Ok(Some(caller))
    }
}

/// The hash of the bearer token of a request. The hash is compared, so that the time of it tells nothing about a token.
pub(super) fn token(request: &HttpRequest) -> Result<[u8; 32], Refusal> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).filter(|token| token.len() <= 200);
    let token = token.ok_or_else(|| {
        Refusal::new(401, "token_missing", "send the token of the organisation as `Authorization: Bearer …`")
    })?;
    Ok(Sha256::digest(token.as_bytes()).into())
}
