#!/usr/bin/env bash
#
# Makes the animation on README's first screen of the frames that the end-to-end run has taken:
#
#   npm run e2e -- 'first minute' && scripts/make-animation.sh
#
# Needs ffmpeg (with libwebp). The result, docs/images/first-minute.webp, is kept in the repository.

set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
frames=$root/out/e2e/first-minute/frames.txt
out=$root/docs/images/first-minute.webp
most=$((1500 * 1000))

[ -f "$frames" ] || { echo "no frames: run npm run e2e -- 'first minute' first" >&2; exit 1; }

# A still picture is the same again and again: a frame every tenth of a second costs next to nothing.
ffmpeg -nostdin -hide_banner -loglevel error -y -f concat -i "$frames" \
	-vf "fps=10,scale=960:-2:flags=lanczos" -c:v libwebp_anim -lossless 0 -quality 70 \
	-compression_level 6 -loop 0 "$out"

size=$(wc -c < "$out")
[ "$size" -le "$most" ] || { echo "$out has $size bytes, $most are the most" >&2; exit 1; }
echo "$out: $size bytes"
