#!/usr/bin/env bash
#
# Takes the pictures of README.md and docs/ from the last end-to-end run, and makes the animation at the top of
# README from the frames that the run recorded:
#
#   npm run e2e && scripts/make-pictures.sh
#
# Pictures that the run did not make stay as they are. Needs ffmpeg with libwebp. The results, docs/images, are kept in
# the repository: look at each of them before you commit it.

set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
run=$root/out/e2e
images=$root/docs/images
# The largest that the animation may be, in bytes.
most=$((1500 * 1000))

# The documents name them. Canvases of examples have a prefix in the run's folder, so no other picture may have an
# example's name.
names=$(grep -oh 'images/[a-z-]*\.png' "$root/README.md" "$root"/docs/*.md | sed 's#.*/##' | sort -u)
for name in $names; do
	for taken in "$run/canvas-$name" "$run/$name"; do
		[ -f "$taken" ] || continue
		cp "$taken" "$images/$name"
		echo "$name"
		break
	done
done

frames=$run/first-minute/frames.txt
[ -f "$frames" ] || { echo "no frames: npm run e2e -- 'first minute' takes them"; exit 0; }
out=$images/first-minute.webp
# A still picture is the same again and again: a frame every tenth of a second costs next to nothing.
ffmpeg -nostdin -hide_banner -loglevel error -y -f concat -i "$frames" \
	-vf "fps=10,scale=960:-2:flags=lanczos" -c:v libwebp_anim -lossless 0 -quality 70 \
	-compression_level 6 -loop 0 "$out"
size=$(wc -c < "$out")
[ "$size" -le "$most" ] || { echo "$out has $size bytes, $most are the most" >&2; exit 1; }
echo "first-minute.webp: $size bytes"
