//! Content codings (gzip, deflate, br, zstd) taken off within caps (RFC 9110, 8.4).
