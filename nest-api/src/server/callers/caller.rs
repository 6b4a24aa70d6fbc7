//! Callers: their names, tokens and rights.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use nest_core::Domain;

use crate::operation::Route;
use crate::{BuildError, Operation, TokenHash};

/// A caller: a name of your choice for logs and for [`Context`](crate::Context), its tokens, and its rights.
///
/// Without a restriction, a caller may call everything that the source serves, from every domain that the
/// transcryptors allow. Each restriction narrows that:
///
/// ```
/// use nest_api::prelude::*;
///
/// let hash = TokenHash::of("a random token");
/// let dashboard = Caller::new("dashboard", hash)
///     .only_domains(["nest"])
///     .only_activities(["assessment"])
///     .only_operations([Operation::Progress]);
/// ```
///
/// # Tokens
///
/// A caller may have several tokens, and each of them works. To change a token without a break, add the new one, let
/// the caller change over, and remove the old one ([`DataSourceApi::set_callers`]).
///
/// [`DataSourceApi::set_callers`]: crate::DataSourceApi::set_callers
#[derive(Clone)]
pub struct Caller {
    name: Arc<str>,
    tokens: Vec<TokenHash>,
    domains: Option<BTreeSet<String>>,
    subjects: Option<BTreeSet<String>>,
    operations: Option<BTreeSet<Operation>>,
    reads_metrics: bool,
}

impl Caller {
    /// The caller of that name, with that token and all rights.
    pub fn new(name: &str, token: TokenHash) -> Self {
        Self {
            name: name.into(),
            tokens: vec![token],
            domains: None,
            subjects: None,
            operations: None,
            reads_metrics: false,
        }
    }

    /// A caller who may read the metrics and may call nothing.
    pub fn metrics(name: &str, token: TokenHash) -> Self {
        Self { reads_metrics: true, ..Self::new(name, token) }
    }

    /// Accepts another token as well.
    #[must_use]
    pub fn token(mut self, token: TokenHash) -> Self {
        self.tokens.push(token);
        self
    }

    /// Allows requests from these domains only. They are the domains in which the caller knows participants.
    #[must_use]
    pub fn only_domains<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.domains = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Allows these activities only, by name; `participants` stands for everything about participants.
    #[must_use]
    pub fn only_activities<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.subjects = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Allows these operations only.
    #[must_use]
    pub fn only_operations(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.operations = Some(operations.into_iter().collect());
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    pub(crate) fn may_call(&self, route: Route) -> bool {
        !self.reads_metrics
            && allows(&self.subjects, route.subject())
            && allows(&self.operations, &route.operation())
    }

    pub(crate) fn may_come_from(&self, domain: &Domain) -> bool {
        allows(&self.domains, domain.as_str())
    }

    pub(crate) fn may_read_metrics(&self) -> bool {
        self.reads_metrics
    }
}

/// Whether a restriction, if there is one, lets something pass.
fn allows<T: Ord + std::borrow::Borrow<Q>, Q: Ord + ?Sized>(only: &Option<BTreeSet<T>>, what: &Q) -> bool {
    only.as_ref().is_none_or(|only| only.contains(what))
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All callers. They can be replaced while requests are answered.
#[derive(Debug)]
pub(crate) struct Callers {
    callers: RwLock<Arc<[Arc<Caller>]>>,
    /// The subjects that a caller can be restricted to.
    subjects: Vec<&'static str>,
}

impl Callers {
    /// Checks that callers can be told apart, and are restricted to subjects that exist.
    ///
    /// # Errors
    ///
    /// Every fault there is.
    pub(crate) fn new(callers: Vec<Caller>, subjects: Vec<&'static str>) -> Result<Self, Vec<BuildError>> {
        let callers = RwLock::new(checked(callers, &subjects)?);
        Ok(Self { callers, subjects })
    }

    /// Replaces them, for all requests from now on.
    pub(crate) fn replace(&self, callers: Vec<Caller>) -> Result<(), BuildError> {
        let callers = checked(callers, &self.subjects)
            .map_err(|faults| faults.into_iter().next().unwrap_or(BuildError::NoCaller))?;
        *self.callers.write().unwrap_or_else(PoisonError::into_inner) = callers;
        Ok(())
    }

    /// Whether several callers may call an operation.
    pub(crate) fn are_several(&self) -> bool {
        let callers = Arc::clone(&self.callers.read().unwrap_or_else(PoisonError::into_inner));
        callers.iter().filter(|caller| !caller.reads_metrics).count() > 1
    }

    /// The caller with this token. A wrong token takes as long as a right one.
    pub(crate) fn identify(&self, token: &str) -> Option<Arc<Caller>> {
        let hash = TokenHash::of(token);
        let callers = Arc::clone(&self.callers.read().unwrap_or_else(PoisonError::into_inner));
        let mut found = None;
        for caller in callers.iter() {
            for known in &caller.tokens {
                if known.same_as(&hash).into() {
                    found = Some(Arc::clone(caller));
                }
            }
        }
        found
    }
}

/// Every fault of these callers and of their rights.
pub(crate) fn faults(callers: &[Caller], subjects: &[&'static str]) -> Vec<BuildError> {
    let mut faults = Vec::new();
    if callers.is_empty() {
        faults.push(BuildError::NoCaller);
    }
    let (mut names, mut tokens) = (BTreeSet::new(), Vec::<(&TokenHash, &str)>::new());
    let empty = TokenHash::of("");
    for caller in callers {
        let name = caller.name();
        if !((1..=100).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())) {
            faults.push(BuildError::CallerName);
        }
        for activity in caller.subjects.iter().flatten() {
            if !subjects.contains(&activity.as_str()) {
                let (caller, activity, served) = (name.to_owned(), activity.clone(), subjects.to_vec());
                faults.push(BuildError::CallerActivity { caller, activity, served });
            }
        }
        if !names.insert(name) {
            faults.push(BuildError::DuplicateCaller(name.to_owned()));
        }
        for token in &caller.tokens {
            if *token == empty {
                faults.push(BuildError::EmptyToken(name.to_owned()));
            } else if let Some((_, other)) = tokens.iter().find(|(known, _)| *known == token) {
                faults.push(BuildError::SharedToken((*other).to_owned(), name.to_owned()));
            }
            tokens.push((token, name));
        }
    }
    faults
}

fn checked(callers: Vec<Caller>, subjects: &[&'static str]) -> Result<Arc<[Arc<Caller>]>, Vec<BuildError>> {
    let faults = faults(&callers, subjects);
    if faults.is_empty() { Ok(callers.into_iter().map(Arc::new).collect()) } else { Err(faults) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::operation::{Mode, PARTICIPANTS};

    fn caller(name: &str, token: &str) -> Caller {
        Caller::new(name, TokenHash::of(token))
    }

    fn callers(callers: Vec<Caller>) -> Result<Callers, Vec<BuildError>> {
        Callers::new(callers, vec![PARTICIPANTS, "walk"])
    }

    fn known(callers: &Callers, token: &str) -> Option<String> {
        callers.identify(token).map(|caller| caller.name().to_owned())
    }

    #[test]
    fn a_caller_is_known_by_each_whole_token_only() {
        let callers =
            callers(vec![caller("nest", "token-1").token(TokenHash::of("new")), caller("other", "token-2")]);
        let callers = callers.unwrap();
        assert_eq!(known(&callers, "token-1").as_deref(), Some("nest"));
        assert_eq!(known(&callers, "new").as_deref(), Some("nest"));
        assert_eq!(known(&callers, "token-2").as_deref(), Some("other"));
        for token in ["", "token-", "token-11", "TOKEN-1", "token-3"] {
            assert_eq!(known(&callers, token), None, "{token}");
        }
    }

    #[test]
    fn callers_can_be_replaced_by_others_that_are_sound() {
        let callers = callers(vec![caller("nest", "old")]).unwrap();
        assert_eq!(callers.replace(vec![]).err(), Some(BuildError::NoCaller));
        assert_eq!(known(&callers, "old").as_deref(), Some("nest"));
        callers.replace(vec![caller("nest", "new")]).unwrap();
        assert_eq!((known(&callers, "old"), known(&callers, "new").as_deref()), (None, Some("nest")));
    }

    #[test]
    fn a_name_or_token_twice_is_refused() {
        let faults = |list| callers(list).err().unwrap_or_default();
        assert_eq!(faults(vec![caller("a", "1"), caller("b", "2")]), []);
        let name = |name: &str| name.to_owned();
        assert_eq!(
            faults(vec![caller("a", "1"), caller("b", "2"), caller("a", "3")]),
            [BuildError::DuplicateCaller(name("a"))]
        );
        assert_eq!(
            faults(vec![caller("a", "1"), caller("b", "2").token(TokenHash::of("1"))]),
            [BuildError::SharedToken(name("a"), name("b"))]
        );
        assert_eq!(faults(vec![caller("a", "")]), [BuildError::EmptyToken(name("a"))]);
        for wrong in ["", "a b", "a\nb", &"a".repeat(101)] {
            assert_eq!(faults(vec![caller(wrong, "1")]), [BuildError::CallerName]);
        }
    }

    #[test]
    fn every_fault_is_named_and_says_of_whom() {
        let list = vec![
            caller("near", "1").only_activities(["walks", "swim"]),
            caller("far", "1").only_activities(["walk"]),
            caller("far", ""),
        ];
        let faults: Vec<_> = callers(list).unwrap_err().iter().map(ToString::to_string).collect();
        let expected = [
            "the caller `near` is restricted to the activity `swim`, which is not served: write one of `participants`, \
             `walk`",
            "the caller `near` is restricted to the activity `walks`, which is not served: write one of `participants`, \
             `walk`",
            "the callers `near` and `far` have one token: give each its own",
            "two callers are called `far`: rename one",
        ];
        assert_eq!(faults.get(..4).unwrap(), expected);
        assert!(faults.get(4).unwrap().starts_with("the caller `far` has the hash of an empty token"));
    }

    #[test]
    fn rights_narrow_down() {
        let route = |subject, operation| Route::new(subject, operation, Mode::Batch);
        let all = caller("all", "1");
        assert!(all.may_call(route("walk", Operation::Delete)));
        assert!(all.may_call(route(PARTICIPANTS, Operation::Create)));

        let few = caller("few", "2").only_activities(["walk"]).only_operations([Operation::Progress]);
        assert!(few.may_call(route("walk", Operation::Progress)));
        assert!(!few.may_call(route("walk", Operation::Results)));
        assert!(!few.may_call(route("swim", Operation::Progress)));
        assert!(!few.may_call(route(PARTICIPANTS, Operation::Progress)));

        let domain = |name| Domain::new(name).unwrap();
        let near = caller("near", "3").only_domains(["nest"]);
        assert!(near.may_come_from(&domain("nest")) && !near.may_come_from(&domain("nes")));

        let scraper = Caller::metrics("prometheus", TokenHash::of("4"));
        assert!(scraper.may_read_metrics() && !all.may_read_metrics());
        assert!(!scraper.may_call(route("walk", Operation::Progress)));
    }
}
