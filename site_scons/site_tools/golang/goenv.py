"""The environment variables of Go and of the system that a build knows, by what they may do to a binary."""

from __future__ import annotations

CACHE_SETTINGS = (
    "GOAUTH",
    "GOCACHE",
    "GOCACHEPROG",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOTMPDIR",
    "GOVCS",
)
"""Where Go keeps and gets things. They cannot change a binary, so they are passed through, outside the signature."""

BINARY_SETTINGS = (
    "GO386",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "CGO_CFLAGS",
    "CGO_CFLAGS_ALLOW",
    "CGO_CFLAGS_DISALLOW",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_FFLAGS",
    "CGO_LDFLAGS",
    "CGO_LDFLAGS_ALLOW",
    "CGO_LDFLAGS_DISALLOW",
    "PKG_CONFIG",
    "GOFLAGS",
)
"""Settings of ``go env -w`` that can change a binary: adopted visibly, inside the signature."""

DECIDED = ("CGO_ENABLED", "GOOS", "GOARCH", "GOTOOLCHAIN")
"""What the linkage, the platform and construction variables decide; an environment that asks for another is refused."""

INHERITED = (
    "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SYSTEMROOT",
    "ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR",
)  # fmt: skip
"""What is taken from this process where the build's environment does not say: homes, proxies, temporary files."""
