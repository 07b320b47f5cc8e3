#!/usr/bin/env bash
# Builds the container image where no image registry can be reached: the base is npm's Node.js 26
# with this machine's C libraries, the rest is the ordinary Dockerfile. Needs buildah and root.
#
#   tools/image.sh [NAME] [OUT.tar]     defaults: localhost/etcd-ts:dev .cache/image.tar
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-localhost/etcd-ts:dev}
out=${2:-.cache/image.tar}
base=localhost/etcd-ts-base:$(node_modules/.bin/node --version)

for program in buildah ldd; do
  command -v "$program" >/dev/null || { echo "image: needs $program" >&2; exit 1; }
done
export BUILDAH_ISOLATION=chroot

# What the image holds: the compiled program and its run-time packages, no sources, no tools.
app=.cache/image
rm -rf "$app"
mkdir -p "$app/data"
node_modules/.bin/node tools/bundle.ts "$app/dist"
cp -r bin package.json package-lock.json "$app/"
if ! cmp -s package-lock.json .cache/image-packages/package-lock.json; then
  rm -rf .cache/image-packages
  mkdir -p .cache/image-packages
  cp package.json package-lock.json .cache/image-packages/
  (cd .cache/image-packages && npm ci --omit=dev --no-audit --no-fund >&2) ||
    { rm -rf .cache/image-packages; exit 1; }
  # In the bundle, as few of their files are used; prom-client asks for api.
  find .cache/image-packages/node_modules/@opentelemetry -mindepth 1 -maxdepth 1 ! -name api \
    -exec rm -r {} +
fi
cp -r .cache/image-packages/node_modules "$app/"

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  mkdir -p "$root"/{bin,usr/bin,etc,proc,sys,dev}
  mkdir -m 1777 "$root/tmp"
  node=$(readlink -f node_modules/.bin/node)
  cp "$node" "$root/usr/bin/node"
  ! command -v strip >/dev/null || strip --strip-debug "$root/usr/bin/node"
  # dash starts the program; the rest of coreutils that it calls comes along.
  for tool in sh readlink dirname; do cp -L "$(command -v "$tool")" "$root/bin/$tool"; done
  for program in "$node" /bin/sh "$(command -v readlink)" "$(command -v dirname)"; do
    ldd "$program" | grep -o '/[^ )]*' || true
  done | sort -u | while read -r lib; do cp -L --parents "$lib" "$root"; done
  # The rest of the C library: native packages and name resolution load it at run time.
  libc=$(dirname "$(ldd "$node" | grep -o '/[^ ]*libc\.so\.6')")
  for lib in "$libc"/lib{rt,resolv,util,dl,pthread,nss_dns,nss_files}.so.[12]; do
    [ ! -e "$lib" ] || cp -L --parents "$lib" "$root"
  done
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  printf 'root:x:0:0::/:/bin/sh\nnonroot:x:65532:65532::/tmp:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$root" / >/dev/null
  buildah config --env PATH=/usr/bin:/bin "$container"
  buildah commit --quiet "$container" "$base" >/dev/null
  buildah rm "$container" >/dev/null
fi

buildah bud --quiet --layers --force-rm --build-arg "BASE=$base" --build-arg APP=prebuilt --tag "$name" . >/dev/null
# Both programs load, native packages included, as the user the image names.
container=$(buildah from "$name")
trap 'buildah rm "$container" >/dev/null' EXIT
for program in server operator; do
  buildah run "$container" -- /app/bin/etcd-ts "$program" --help >/dev/null
done
buildah rmi --prune >/dev/null 2>&1 || true
rm -f "$out"
buildah push --quiet "$name" "docker-archive:$out:$name"
echo "image: $name in $out ($(du -h "$out" | cut -f1))"
