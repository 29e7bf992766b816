//! A row in the table of routes: an address, its method, who may use it, and what answers.

use super::{Answer, Origins, Request, Web};

/// How a route is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// To look (GET and HEAD): it has no effect.
    Get,
    /// To act.
    Post,
}

impl Method {
    /// The word in a request.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What a person or program needs to use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: it shows nothing of the archive.
    Nothing,
    /// Nothing, but the form must be ours: a log-in.
    Form,
    /// To be known.
    See,
    /// To be a reviewer.
    Decide,
    /// To be an admin.
    Admin,
    /// A token of scope `feeds` in the path.
    Feeds,
    /// A token of scope `metrics`, or to be on this machine.
    Metrics,
}

/// What makes the answer.
pub(super) type Answering = fn(&Web, &Request, &Origins) -> Answer;

/// A route.
pub(super) struct Route {
    /// The address, with its parts in braces.
    pub(super) path: &'static str,
    /// The method.
    pub(super) method: Method,
    /// What a visitor needs to use it.
    pub(super) needs: Needs,
    /// What makes the answer.
    pub(super) answer: Answering,
}

impl Route {
    /// Whether programs use it: then refusals are problem documents.
    pub(super) fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// A route from its method, its address, what it needs, and the function that answers.
macro_rules! route {
    ($method:ident $path:literal, $needs:ident, $answer:path) => {
        $crate::web::route::Route {
            path: $path,
            method: $crate::web::route::Method::$method,
            needs: $crate::web::route::Needs::$needs,
            answer: |web, request, origins| {
                $crate::web::Outcome::answer($answer(web, request, origins), request, origins)
            },
        }
    };
}
pub(super) use route;
