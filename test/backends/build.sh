#!/usr/bin/env bash
# Builds a real Jaeger and a real OpenTelemetry Collector with the awsxray exporter from their Go modules,
# and prints the path of each. Both are kept, under what they are made of: 6 to 7 minutes on 2 cores the
# first time, nothing after.
set -euo pipefail

# Jaeger 2.13 is v1.76.0 of its Go module. The collector's version stands in collector-builder.yaml.
JAEGER=v1.76.0
BUILDER=v0.120.0

here="$(cd "$(dirname "$0")" && pwd)"
folder="${XDG_CACHE_HOME:-$HOME/.cache}/nestjs-tracing/backends"
jaeger="$folder/jaeger-$JAEGER"
collector="$folder/collector-$BUILDER-$(cksum <"$here/collector-builder.yaml" | cut -d ' ' -f 1)"

build_jaeger() {
  local sources
  sources="$(go mod download -json "github.com/jaegertracing/jaeger@$JAEGER" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')"
  # A module that requires Jaeger, with the versions of Jaeger's own go.mod. Its go.sum vouches for them
  # (the checksum database lacks one).
  {
    sed 's/^module .*/module jaegerbuild/' "$sources/go.mod"
    echo "require github.com/jaegertracing/jaeger $JAEGER"
  } >go.mod
  cat "$sources/go.sum" >go.sum
  printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/jaegertracing/jaeger/cmd/jaeger"\n' >tools.go
  go build -mod=mod -o built github.com/jaegertracing/jaeger/cmd/jaeger
}

build_collector() {
  GOBIN="$PWD" go install "go.opentelemetry.io/collector/cmd/builder@$BUILDER"
  ./builder --config "$here/collector-builder.yaml"
  mv output/collector built
}

# build NAME PATH: what is made appears whole or not at all, so that two may build at once.
build() (
  [ -x "$2" ] && exit
  if ! command -v go >/dev/null; then
    echo "test/backends: $1 is built from Go modules, and there is no Go. Install Go 1.24 or newer: https://go.dev/doc/install" >&2
    exit 1
  fi
  echo "test/backends: building $1 (some minutes, once)" >&2
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  trap '[ $? -eq 0 ] || tail -n 40 "$work/log" >&2; rm -rf "$work"' EXIT
  cd "$work"
  "build_$1" >log 2>&1
  mkdir -p "$folder"
  mv built "$2.$$"
  mv "$2.$$" "$2"
)

build jaeger "$jaeger"
build collector "$collector"
echo "$jaeger"
echo "$collector"
