//! What an account is for, and what kind of organisation a processor is.

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// Keeps data and decides.
    Person,
    /// Asks and pays.
    Processor,
    /// Runs the market.
    Operator,
}

impl Role {
    const ALL: [Role; 3] = [Role::Person, Role::Processor, Role::Operator];

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Person => "person",
            Role::Processor => "processor",
            Role::Operator => "operator",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// What kind of organisation a processor is. People decide by it whom they allow without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Organisation {
    /// Universities and research institutes.
    Research,
    /// Hospitals, practices and health services.
    HealthCare,
    /// Ministries, municipalities, statistical offices.
    PublicAuthority,
    /// Charities and associations.
    NonProfit,
    /// Insurers.
    Insurance,
    /// Companies of any other business.
    Company,
    /// Advertising and market research.
    Advertising,
}

impl Organisation {
    /// All kinds.
    pub const ALL: [Organisation; 7] = [
        Organisation::Research,
        Organisation::HealthCare,
        Organisation::PublicAuthority,
        Organisation::NonProfit,
        Organisation::Insurance,
        Organisation::Company,
        Organisation::Advertising,
    ];

    /// The name in the tables and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Organisation::Research => "research",
            Organisation::HealthCare => "health-care",
            Organisation::PublicAuthority => "public-authority",
            Organisation::NonProfit => "non-profit",
            Organisation::Insurance => "insurance",
            Organisation::Company => "company",
            Organisation::Advertising => "advertising",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind as people read it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Organisation::Research => "a research organisation",
            Organisation::HealthCare => "a health care organisation",
            Organisation::PublicAuthority => "a public authority",
            Organisation::NonProfit => "a non-profit organisation",
            Organisation::Insurance => "an insurer",
            Organisation::Company => "a company",
            Organisation::Advertising => "an advertising or market research company",
        }
    }
}
