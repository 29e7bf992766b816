//! The sources of challenges, parked domains and lists that are not on the page itself: hosts, paths and names of scripts.

/// The names of the scripts and frames of challenges.
pub(super) const CHALLENGES: [&str; 22] = [
    "/cdn-cgi/challenge-platform",
    "_cf_chl_opt",
    "challenges.cloudflare.com",
    "_incapsula_resource",
    "captcha-delivery.com",
    "px-captcha",
    "perimeterx",
    "/px/captcha",
    "awswaf.com",
    "awswafintegration",
    "ddos-guard",
    "sgcaptcha",
    "recaptcha/api.js",
    "hcaptcha.com/1/api.js",
    "geetest",
    "acw_sc__v2",
    "/.well-known/vercel/security",
    "anubis/static",
    "/_sec/cp_challenge",
    "arkoselabs.com",
    "kpsdk",
    "smartcaptcha",
];

/// The targets of the scripts, frames and links of parked domains.
pub(super) const PARKING: [&str; 22] = [
    "sedoparking.com",
    "sedo.com/search/details",
    "parkingcrew.net",
    "bodis.com",
    "above.com/marketplace",
    "afternic.com/forsale",
    "hugedomains.com/domain_profile",
    "dan.com/buy-domain",
    "parklogic.com",
    "skenzo.com",
    "domainmarket.com",
    "adsense/domains/caf.js",
    "/_zcdn/",
    "parking.reg.ru",
    "parkpage",
    "domainparking",
    "uniregistry",
    "buydomains.com",
    "namebright.com",
    "img.sedo",
    "window.park",
    "/lander",
];

/// Services from which lists are embedded.
pub(super) const EMBEDDED: [&str; 8] = [
    "docs.google.com/spreadsheets",
    "docs.google.com/document",
    "airtable.com/embed",
    "awesome-table",
    "smartsheet.com",
    "onedrive.live.com",
    "/embed/members",
    "membershipworks",
];

/// Services from which scripts read lists.
pub(super) const READ: [&str; 6] = [
    "docs.google.com/spreadsheets",
    "sheets.googleapis.com",
    "api.airtable.com",
    "tabletop",
    "papaparse",
    "opensheet.",
];
