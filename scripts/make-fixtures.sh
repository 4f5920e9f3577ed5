#!/usr/bin/env bash
#
# Makes everything in test/fixtures/ again: a short song, some speech, pictures,
# a finished video and files that lie about themselves.
#
#   scripts/make-fixtures.sh [folder]        default: test/fixtures
#
# Needs ffmpeg (with libmp3lame, libvorbis, libopus, libx264, libwebp), sox and
# espeak-ng. The results are kept in the repository, so nobody has to run this.
# All sound and pictures are synthesised here; nothing is taken from elsewhere.
# Two runs with the same tools give the same bytes; other versions of the
# encoders may not.

set -euo pipefail
export LC_ALL=C

for tool in ffmpeg ffprobe sox espeak-ng; do
	command -v "$tool" >/dev/null || { echo "missing: $tool" >&2; exit 1; }
done

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/test/fixtures}
mkdir -p "$out"
out=$(cd "$out" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# -R: sox seeds its noise with a fixed number. Dither off for the same reason.
SOX() { sox -R -D -V1 "$@"; }
FF() { ffmpeg -nostdin -hide_banner -loglevel error -y -threads 1 "$@"; }
# Ask for these on every output.
EXACT=(-map_metadata -1 -fflags +bitexact -flags:a +bitexact -flags:v +bitexact -threads 1)

# --------------------------------------------------------------------------
# The song: four bars at 120 bpm, A minor - F - C - G, then the last chord rings.
# --------------------------------------------------------------------------

calc() { awk "BEGIN { printf \"%.6f\", $1 }"; }

# track NAME: begins a track. note ARGS: one file in it. mix: adds them up.
track() { name=$1; n=0; parts=(); mkdir -p "$tmp/$name"; }
# note START VOLUME <sox synth and effects>
note() {
	local start=$1 volume=$2 file
	shift 2
	n=$((n + 1))
	file=$tmp/$name/$n.wav
	SOX -r 44100 -n -b 32 -c 1 "$file" "$@" pad "$start"
	parts+=(-v "$volume" "$file")
}
mix() { SOX -m "${parts[@]}" -b 32 "$tmp/$name.wav" pad 0 3 trim 0 8.6 "$@"; }

bars=(0 2 4 6)
chords=("A2 E3 A3 C4 E4" "F2 F3 A3 C4 F4" "C3 G3 C4 E4 G4" "G2 G3 B3 D4 G4")
basses=(A1 F1 C2 G1)

track guitar
for i in 0 1 2 3; do
	for beat in 0 0.75 1.5; do
		k=0
		for pitch in ${chords[$i]}; do
			note "$(calc "${bars[$i]} + $beat + $k * 0.012")" 0.13 synth 1.4 pluck "$pitch" fade l 0.002 1.4 0.9
			k=$((k + 1))
		done
	done
done
k=0
for pitch in A2 E3 A3 C4 E4; do
	note "$(calc "8 + $k * 0.02")" 0.15 synth 0.6 pluck "$pitch" fade l 0.002 0.6 0.4
	k=$((k + 1))
done
mix highpass 90

track pad
for i in 0 1 2 3; do
	for pitch in ${chords[$i]}; do
		note "${bars[$i]}" 0.035 synth 2.2 triangle "$pitch" fade q 0.15 2.2 0.4
	done
done
mix lowpass 1800 chorus 0.7 0.9 50 0.4 0.25 2 -t

track bass
for i in 0 1 2 3; do
	for beat in 0 0.5 0.75 1.25 1.5; do
		note "$(calc "${bars[$i]} + $beat")" 0.30 synth 0.30 triangle "${basses[$i]}" fade l 0.005 0.30 0.15
	done
done
note 8 0.30 synth 0.6 triangle A1 fade l 0.005 0.6 0.4
mix lowpass 500

track melody
while read -r start length pitch; do
	note "$start" 0.16 synth "$length" sine "$pitch" synth "$length" sine amod 5.5 78 fade l 0.012 "$length" 0.12
	note "$start" 0.04 synth "$length" triangle "$pitch" fade l 0.012 "$length" 0.12
done <<-NOTES
	0.00 0.50 E5
	0.50 0.25 D5
	0.75 0.50 C5
	1.25 0.70 A4
	2.00 0.50 C5
	2.50 0.25 D5
	2.75 0.50 C5
	3.25 0.70 A4
	4.00 0.50 G5
	4.50 0.25 E5
	4.75 0.50 D5
	5.25 0.70 E5
	6.00 0.50 D5
	6.50 0.25 E5
	6.75 0.50 D5
	7.25 0.70 B4
	8.00 0.60 A4
NOTES
mix

track drums
for i in 0 1 2 3; do
	for beat in 0 0.75 1; do
		note "$(calc "${bars[$i]} + $beat")" 0.55 synth 0.22 sine 130/44 fade l 0.001 0.22 0.16
	done
	for beat in 0.5 1.5; do
		note "$(calc "${bars[$i]} + $beat")" 0.17 synth 0.16 whitenoise highpass 900 fade l 0.001 0.16 0.14
		note "$(calc "${bars[$i]} + $beat")" 0.22 synth 0.10 sine 220/160 fade l 0.001 0.10 0.08
	done
	for eighth in 0 1 2 3 4 5 6 7; do
		volume=0.05
		[ $((eighth % 2)) = 0 ] && volume=0.08
		note "$(calc "${bars[$i]} + $eighth * 0.25")" "$volume" synth 0.06 whitenoise highpass 7000 fade l 0.001 0.06 0.05
	done
done
note 8 0.55 synth 0.22 sine 130/44 fade l 0.001 0.22 0.16
note 8 0.07 synth 0.55 whitenoise highpass 6000 fade l 0.001 0.55 0.5
mix

# Left and right of each track, then a little room around everything.
SOX "$tmp/guitar.wav" "$tmp/guitar2.wav" remix 1v0.65 1v1.0
SOX "$tmp/pad.wav" "$tmp/pad2.wav" remix 1v1.0 1v0.75
SOX "$tmp/bass.wav" "$tmp/bass2.wav" remix 1 1
SOX "$tmp/melody.wav" "$tmp/melody2.wav" remix 1v1.0 1v0.8 echo 0.85 0.8 250 0.22
SOX "$tmp/drums.wav" "$tmp/drums2.wav" remix 1 1
SOX -m -v 1 "$tmp/guitar2.wav" -v 1 "$tmp/pad2.wav" -v 1 "$tmp/bass2.wav" \
	-v 1 "$tmp/melody2.wav" -v 1 "$tmp/drums2.wav" -b 32 "$tmp/sum.wav" gain -6
SOX "$tmp/sum.wav" -b 16 "$tmp/song.wav" reverb 22 50 60 trim 0 8.6 fade t 0 8.6 0.35 norm -2

song=$tmp/song.wav

# part SECONDS [from]: -ss/-t for an odd length out of the song.
cut() { PART=(-ss "${2:-0}" -t "$1" -i "$song"); }

FF -i "$song" "${EXACT[@]}" -c:a libmp3lame -b:a 128k -id3v2_version 3 -write_id3v1 0 \
	-metadata title="Żółta łódź – 夜の歌 ♪" -metadata artist="Zażółć & Café Müller" \
	-metadata album="Fixtures" -metadata track="1/1" -metadata genre="Test" "$out/song.mp3"
FF -i "$song" "${EXACT[@]}" -c:a libvorbis -q:a 2 "$out/song.ogg"
cut 1.8
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -c:a pcm_s16le "$out/song.wav"
cut 3.5
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -sample_fmt s16 -c:a flac -compression_level 12 "$out/song.flac"

espeak-ng -v en-us -s 150 -w "$tmp/speech.wav" \
	"Hello. This is a short spoken line, made by a machine, to test how a voice becomes a video."
FF -i "$tmp/speech.wav" "${EXACT[@]}" -ac 1 -c:a libmp3lame -b:a 48k -id3v2_version 3 \
	-metadata title="A spoken line" "$out/speech.mp3"

# --------------------------------------------------------------------------
# How long is it? One file for every way a length is written down, or is not.
# --------------------------------------------------------------------------

# No tag, no Xing/Info header: only the bit rate and the file size tell.
cut 3.217
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0 "$out/mp3-cbr-noheader.mp3"
cut 5.031
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -c:a libmp3lame -q:a 6 -id3v2_version 0 "$out/mp3-vbr-xing.mp3"
# Quiet, then loud: the bit rate of the first frames says nothing about the rest.
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -af "volume='if(lt(t,1.7),0,1)':eval=frame" -c:a libmp3lame -q:a 4 -write_xing 0 -id3v2_version 0 \
	"$out/mp3-vbr-noheader.mp3"
cut 4.413
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 22050 -c:a libmp3lame -b:a 40k -id3v2_version 3 "$out/mp3-mpeg2-mono.mp3"

cut 2.117
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 16000 -c:a pcm_s16le "$out/wav-pcm16.wav"
# 24 bit: WAVE_FORMAT_EXTENSIBLE. The title puts a LIST chunk before the data.
cut 1.301
FF "${PART[@]}" "${EXACT[@]}" -ac 2 -ar 8000 -c:a pcm_s24le -metadata title="Before the data" "$out/wav-extensible.wav"
cut 1.703
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 11025 -c:a pcm_f32le "$out/wav-float.wav"

cut 3.217 1
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -c:a libvorbis -q:a 1 "$out/ogg-vorbis.ogg"
cut 5.031
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 48000 -c:a libopus -b:a 32k "$out/ogg-opus.ogg"

cut 2.609
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 22050 -sample_fmt s16 -c:a flac "$out/flac-16.flac"
cut 1.409
FF "${PART[@]}" "${EXACT[@]}" -ac 2 -ar 16000 -af volume=0.71 -sample_fmt s32 -bits_per_raw_sample 24 -c:a flac "$out/flac-24.flac"

# The tag says 99 s, the stream is about 3 s, and no header contradicts the tag.
cut 3.113
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 3 \
	-metadata TLEN=99000 -metadata title="Says it lasts 99 seconds" "$out/mp3-wrong-tlen.mp3"

# --------------------------------------------------------------------------
# Pictures: an evening sun over water.
# --------------------------------------------------------------------------

# sea WIDTH HEIGHT: a filter graph that draws it at that size.
sea() {
	local sun="lt(hypot(X-W*0.62,Y-H*0.46),H*0.17)" sky="lt(Y,H*0.62)"
	local glint="lt(abs(X-W*0.62),H*0.17)*lt(mod(Y,H/12),H/30)"
	echo "color=black:s=$1x$2:r=24,format=rgb24,geq=\
r='if($sky,if($sun,255,70+185*Y/(H*0.62)),if($glint,250,40-20*Y/H))':\
g='if($sky,if($sun,226,40+90*Y/(H*0.62)),if($glint,176,60-20*Y/H))':\
b='if($sky,if($sun,150,120-20*Y/(H*0.62)),if($glint,110,110-30*Y/H))'"
}

FF -f lavfi -i "$(sea 128 96)" -frames:v 1 "${EXACT[@]}" -update 1 "$out/frame.png"
FF -i "$out/frame.png" "${EXACT[@]}" -pix_fmt yuvj420p -q:v 4 -update 1 "$out/frame.jpg"
FF -i "$out/frame.png" "${EXACT[@]}" -vf "split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=none" "$out/frame.gif"
FF -i "$out/frame.png" "${EXACT[@]}" -pix_fmt bgr24 -update 1 "$out/frame.bmp"
FF -i "$out/frame.png" "${EXACT[@]}" -c:v libwebp -q:v 80 -frames:v 1 -f webp "$out/frame.webp"
# Smaller than the service takes.
FF -f lavfi -i "$(sea 32 32)" -frames:v 1 "${EXACT[@]}" -update 1 "$out/tiny.png"

# --------------------------------------------------------------------------
# What the service gives back: a picture that moves with the song.
# --------------------------------------------------------------------------

FF -f lavfi -i "$(sea 512 512)" -frames:v 1 "${EXACT[@]}" -update 1 "$tmp/sea.png"
FF -loop 1 -framerate 24 -i "$tmp/sea.png" -i "$song" -filter_complex "\
[1:a]atrim=0:1,asplit[a][w];\
[w]aformat=channel_layouts=mono,showwaves=s=512x160:r=24:mode=cline:scale=sqrt:colors=white,format=rgba,colorchannelmixer=aa=0.85[wave];\
[0:v]trim=0:1[sea];[sea][wave]overlay=0:340:shortest=1,format=yuv420p[v]" \
	-map "[v]" -map "[a]" -t 1 "${EXACT[@]}" -c:v libx264 -profile:v main -preset slow -crf 27 \
	-c:a aac -b:a 64k -movflags +faststart "$out/result.mp4"

# --------------------------------------------------------------------------
# What films are built of: one closed group of twelve pictures in each colour and size, to be repeated
# to any length, and a tone for each colour. All of one size share their codec parameters.
# --------------------------------------------------------------------------

mkdir -p "$out/results"

# gop FILE COLOUR WIDTH HEIGHT [x264 options]: a bar walks over a plain colour, once a group.
gop() {
	local file=$1 colour=$2 width=$3 height=$4
	shift 4
	FF -f lavfi -i "color=c=$colour:s=${width}x$height:r=24:d=0.5" \
		-f lavfi -i "color=c=white:s=$((width / 16))x$((height / 8)):r=24:d=0.5" \
		-filter_complex "[0][1]overlay=x='W*n/12':y='H*3/4',format=yuv420p" \
		"${EXACT[@]}" -frames:v 12 -c:v libx264 -profile:v main -level 3.1 -preset slow -crf 30 \
		-g 12 -keyint_min 12 -sc_threshold 0 -bf 0 -refs 1 -flags +cgop "$@" \
		-bsf:v filter_units=remove_types=6 "$out/results/$file.mp4"
}

n=0
for colour in red green blue yellow magenta cyan; do
	for size in 512x512 576x1024 1024x576; do
		gop "$colour-$size" "$colour" "${size%x*}" "${size#*x}"
	done
	# Whole waves in each packet of 1,024 samples: any packet but the first fits behind any other.
	wave="0.25*sin(2*PI*t*44100*$((10 + 2 * n))/1024)"
	FF -f lavfi -i "aevalsrc=exprs='$wave|$wave':s=44100:d=0.3:channel_layout=stereo" "${EXACT[@]}" \
		-c:a aac -b:a 64k "$out/results/$colour.m4a"
	n=$((n + 1))
done
# Pictures that cannot stand in one track with those above.
gop other-512x512 gray 512 512 -profile:v high -level 4.2 -refs 2

# --------------------------------------------------------------------------
# Not what the name says.
# --------------------------------------------------------------------------

printf '%s\n' 'This is plain text.' 'Somebody gave it the name of a song.' >"$out/not-audio.mp3"
# The start of a tag that promises far more than there is, and no sound after it.
{
	printf 'ID3\003\000\000\000\000\177\177TIT2\000\000\000\020'
	SOX -r 8000 -n -t raw -e unsigned -b 8 -c 1 - synth 400s whitenoise vol 0.4
} >"$out/broken.mp3"
: >"$out/empty.mp3"

# --------------------------------------------------------------------------
# durations.json: what ffprobe says (it guesses where there is no header) and
# what comes out when every sample is decoded and counted.
# --------------------------------------------------------------------------

{
	printf '{\n'
	first=1
	for file in "$out"/*.mp3 "$out"/*.wav "$out"/*.ogg "$out"/*.flac; do
		base=${file##*/}
		case $base in not-audio.mp3 | broken.mp3 | empty.mp3) continue ;; esac
		probed=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$file")
		rate=$(ffprobe -v error -select_streams a:0 -show_entries stream=sample_rate -of csv=p=0 "$file")
		bytes=$(FF -i "$file" -map 0:a:0 -ac 1 -f s16le - | wc -c)
		[ $first = 1 ] || printf ',\n'
		first=0
		awk -v n="$base" -v p="$probed" -v b="$bytes" -v r="$rate" \
			'BEGIN { printf "\t\"%s\": { \"ffprobe\": %.6f, \"decoded\": %.6f }", n, p, b / 2 / r }'
	done
	printf '\n}\n'
} >"$out/durations.json"
