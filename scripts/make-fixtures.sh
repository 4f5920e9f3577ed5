#!/usr/bin/env bash
#
# Makes everything in test/fixtures/ again: a short song, some speech, pictures,
# a finished video and files that lie about themselves.
#
#   scripts/make-fixtures.sh [folder]        default: test/fixtures
#
# Needs ffmpeg (with libmp3lame, libvorbis, libopus, libx264, libwebp), sox and
# espeak-ng, besides Node. The results are kept in the repository, so nobody has to run this.
# All sound and pictures are synthesised here; nothing is taken from elsewhere.
# Two runs with the same tools give the same bytes; other versions of the
# encoders may not.

set -euo pipefail
export LC_ALL=C

for tool in ffmpeg sox espeak-ng node; do
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

# The same tune for half a minute and a bit: one instrument after the other comes in, four clips long.
mkdir -p "$out/songs"
n=0
parts=()
for section in "guitar2 pad2" "guitar2 pad2 bass2" "pad2 bass2 drums2 melody2" "guitar2 pad2 bass2 drums2 melody2"; do
	files=()
	for name in $section; do files+=(-v 1 "$tmp/$name.wav"); done
	# A section ends where the next begins, but for the last one, which rings out.
	end=8
	[ $n = 3 ] && end=8.6
	SOX -m "${files[@]}" -b 32 "$tmp/section-$n.wav" gain -6 trim 0 "$end" fade t 0.002 "$end" 0.01
	parts+=("$tmp/section-$n.wav")
	n=$((n + 1))
done
SOX "${parts[@]}" -b 16 "$tmp/half-minute.wav" reverb 22 50 60 trim 0 32.6 fade t 0 32.6 0.35 norm -2
FF -i "$tmp/half-minute.wav" "${EXACT[@]}" -ac 1 -ar 22050 -c:a libmp3lame -b:a 48k -id3v2_version 3 -write_id3v1 0 \
	-metadata title="Half a minute" -metadata artist="Fixtures" "$out/songs/half-minute.mp3"

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

# The same for every kind of file and header that there is, in a folder of its own.
lengths=$out/lengths
mkdir -p "$lengths"

# mp3 NAME SECONDS RATE <ffmpeg's options>
mp3() {
	local name=$1 seconds=$2 rate=$3
	shift 3
	cut "$seconds"
	FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar "$rate" -c:a libmp3lame -id3v2_version 0 "$@" "$lengths/mp3-$name.mp3"
}
mp3 8k-cbr 2.311 8000 -b:a 16k
mp3 8k-vbr 2.311 8000 -q:a 7
mp3 8k-noheader 2.311 8000 -b:a 16k -write_xing 0
mp3 16k-cbr 2.207 16000 -b:a 24k
mp3 16k-vbr 2.207 16000 -q:a 7
mp3 16k-vbr-noheader 2.207 16000 -q:a 7 -write_xing 0
mp3 22k-vbr-stereo 2.713 22050 -q:a 7 -ac 2
mp3 44k-abr 2.113 44100 -abr 1 -b:a 48k
mp3 48k-cbr 2.019 48000 -b:a 48k
mp3 48k-vbr-stereo 2.019 48000 -q:a 7 -ac 2
mp3 48k-noheader 2.019 48000 -b:a 48k -write_xing 0
mp3 id3v1 2.311 8000 -b:a 16k -write_id3v1 1 -metadata title="At the end"

# mp3_as NAME FROM <sed's program>: one whose header says something else.
mp3_as() { sed "$3" "$lengths/mp3-$2.mp3" >"$lengths/mp3-$1.mp3"; }
# LAME's own mark, one that decoders do not know, and a header that says nothing.
mp3_as lame 16k-vbr '1,/Lav[fc]/s/Lav[fc]/LAME/'
mp3_as other-encoder 8k-cbr '1,/Lav[fc]/s/Lav[fc]/Else/'
mp3_as empty-header 8k-cbr 's/Info\x00\x00\x00\x0f/Info\x00\x00\x00\x00/'

# Fraunhofer's header: a frame of its own (16 kbit/s at 8 kHz: 144 bytes) with VBRI at byte 36.
{
	head -c 4 "$lengths/mp3-8k-noheader.mp3"
	head -c 32 /dev/zero
	printf 'VBRI\000\001\000\000\000\113\000\000\023\210\000\000\000\050'
	head -c 90 /dev/zero
	cat "$lengths/mp3-8k-noheader.mp3"
} >"$lengths/mp3-vbri.mp3"

# An APE tag of 96 bytes with a header and one item, then ID3 of the first kind.
{
	cat "$lengths/mp3-8k-cbr.mp3"
	printf 'APETAGEX\320\007\000\000\100\000\000\000\001\000\000\000\000\000\000\240\000\000\000\000\000\000\000\000'
	printf '\021\000\000\000\000\000\000\000Title\000Behind the sound\n.'
	printf 'APETAGEX\320\007\000\000\100\000\000\000\001\000\000\000\000\000\000\200\000\000\000\000\000\000\000\000'
	printf 'TAG%-125s' 'The same title'
} >"$lengths/mp3-ape.mp3"

# Two files one after the other, with the tags of both; one that was cut off inside a frame; one
# that begins inside a frame.
cat "$lengths/mp3-id3v1.mp3" "$lengths/mp3-8k-vbr.mp3" >"$lengths/mp3-joined.mp3"
head -c 5000 "$lengths/mp3-16k-cbr.mp3" >"$lengths/mp3-cut.mp3"
tail -c +1000 "$lengths/mp3-8k-noheader.mp3" >"$lengths/mp3-without-start.mp3"

# wav NAME SECONDS CHANNELS RATE CODEC <ffmpeg's options>
wav() {
	local name=$1 seconds=$2 channels=$3 rate=$4 codec=$5
	shift 5
	cut "$seconds"
	FF "${PART[@]}" "${EXACT[@]}" -ac "$channels" -ar "$rate" -c:a "$codec" -f wav "$@" "$lengths/wav-$name.wav"
}
wav 8bit 2.203 1 8000 pcm_u8
wav 24bit-mono 1.013 1 8000 pcm_s24le
wav 32bit 1.117 1 8000 pcm_s32le
wav float64 0.807 1 8000 pcm_f64le
wav 3-channels 0.917 3 8000 pcm_s16le
wav 6-channels 0.613 6 8000 pcm_s16le
wav alaw 1.709 1 8000 pcm_alaw
wav mulaw 1.709 1 8000 pcm_mulaw
wav rf64 1.401 1 8000 pcm_s16le -rf64 always
wav title-behind 1.211 1 8000 pcm_s16le
printf 'LIST\020\000\000\000INFOINAM\004\000\000\000End\000' >>"$lengths/wav-title-behind.wav"
# Written to a pipe: FFmpeg's and SoX's ways to say that they do not know the size.
cut 1.303
FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar 8000 -c:a pcm_s16le -f wav - | cat >"$lengths/wav-pipe.wav"
SOX "$lengths/wav-pipe.wav" -t wav - 2>/dev/null | cat >"$lengths/wav-pipe-sox.wav"
head -c 10000 "$lengths/wav-pipe-sox.wav" >"$lengths/wav-cut.wav"
# Codecs whose length is not read.
wav ima-adpcm 0.5 1 8000 adpcm_ima_wav
wav ms-adpcm 0.5 1 8000 adpcm_ms
wav mp3 0.5 1 16000 libmp3lame -b:a 24k

# flac NAME SECONDS RATE <ffmpeg's options>; its file goes to a pipe where the name says so.
flac() {
	local name=$1 seconds=$2 rate=$3
	shift 3
	cut "$seconds"
	FF "${PART[@]}" "${EXACT[@]}" -ac 1 -ar "$rate" -sample_fmt s16 -c:a flac "$@"
}
flac pipe 1.709 16000 -f flac - | cat >"$lengths/flac-pipe.flac"
flac stereo-pipe 1.109 11025 -ac 2 -f flac - | cat >"$lengths/flac-stereo-pipe.flac"
flac small-blocks 1.209 8000 -frame_size 123 "$lengths/flac-small-blocks.flac"
flac tag 1.309 8000 "$tmp/tag.flac"
{
	printf 'ID3\003\000\000\000\000\000\024TIT2\000\000\000\012\000\000\000In front'
	printf ' '
	cat "$tmp/tag.flac"
} >"$lengths/flac-id3.flac"
flac ogg 1.907 16000 "$lengths/ogg-flac.ogg"
flac ogg-stereo 1.107 11025 -ac 2 -page_duration 100000 "$lengths/ogg-flac-stereo.ogg"
head -c 15000 "$lengths/flac-small-blocks.flac" >"$lengths/flac-cut.flac"

# ogg NAME SECONDS FROM <ffmpeg's options>
ogg() {
	local name=$1 seconds=$2 from=$3
	shift 3
	cut "$seconds" "$from"
	FF "${PART[@]}" "${EXACT[@]}" -ac 1 "$@" -f ogg "$lengths/ogg-$name.ogg"
}
ogg opus-60ms 2.217 0 -c:a libopus -b:a 16k -ar 48000 -frame_duration 60
ogg opus-2.5ms 0.617 0 -c:a libopus -b:a 32k -ar 48000 -frame_duration 2.5
ogg opus-voice 2.023 1 -c:a libopus -b:a 8k -ar 8000 -application voip
ogg opus-5.1 1.313 0 -ac 6 -c:a libopus -b:a 96k -ar 48000
ogg opus-chained-a 1.417 0 -c:a libopus -b:a 24k -ar 48000
ogg opus-chained-b 2.017 2 -c:a libopus -b:a 24k -ar 48000
ogg vorbis-8k 2.311 0 -c:a libvorbis -q:a 0 -ar 8000
ogg vorbis-a 1.219 0 -c:a libvorbis -q:a 0 -ar 22050
ogg vorbis-b 1.621 3 -c:a libvorbis -q:a 0 -ar 22050
ogg speex 0.5 0 -c:a libspeex -ar 8000
cat "$lengths"/ogg-opus-chained-{a,b}.ogg >"$lengths/ogg-opus-chained.ogg"
cat "$lengths"/ogg-vorbis-{a,b}.ogg >"$lengths/ogg-vorbis-chained.ogg"
# Out of the middle of a broadcast: the positions do not begin at 0.
for kind in opus-voice vorbis-8k; do
	FF -i "$lengths/ogg-$kind.ogg" -c copy -output_ts_offset 100 -fflags +bitexact "$lengths/ogg-$kind-late.ogg"
done
head -c 5000 "$lengths/ogg-opus-chained.ogg" >"$lengths/ogg-opus-cut.ogg"
rm "$lengths"/ogg-opus-chained-{a,b}.ogg "$lengths"/ogg-vorbis-{a,b}.ogg

# --------------------------------------------------------------------------
# damaged/: sounds as people have them: cut off, joined, with junk, tags and wrong headers.
# --------------------------------------------------------------------------

damaged=$out/damaged
mkdir -p "$damaged"
DAMAGE() { node "$root/scripts/fixtures/damage.mjs" "$@"; }

# code FROM SECONDS RATE CHANNELS: a tone whose level is another one every 0.19 s, in no order (six levels, 6 dB apart),
# and half as high in the second channel. So each place can be told from every other, and a part that begins
# where another one ends goes on with it.
code() {
	local level="pow(10\,-0.3*(1+mod(mod(pow(floor((t+$1)/0.19)\,3)\,71)\,6)))" tone="sin(2*PI*1000*t)"
	local both="$level*$tone"
	[ "$4" = 2 ] && both="$both|0.5*$both"
	CODE=(-f lavfi -i "aevalsrc=$both:s=$3:d=$2")
}
# 32 and 64 levels long: a part, and a whole sound.
PART_SECONDS=6.08
WHOLE_SECONDS=12.16

# id3 SIZE [SAID]: a tag of so many zeros; it says that it has another number of them.
id3() {
	local said=${2:-$1}
	printf 'ID3\004\000\000'
	for shift in 21 14 7 0; do printf "\\$(printf %03o $(((said >> shift) & 127)))"; done
	head -c "$1" /dev/zero
}

# damaged_ogg NAME FROM SECONDS RATE CHANNELS <ffmpeg's options>, into the temporary folder. Each stream has a number of its own.
serial=100
damaged_ogg() {
	local name=$1
	code "$2" "$3" "$4" "$5"
	shift 5
	serial=$((serial + 1))
	FF "${CODE[@]}" "${EXACT[@]}" "$@" -serial_offset "$serial" -f ogg "$tmp/$name.ogg"
}
OPUS=(-c:a libopus -b:a 10k)
VORBIS=(-c:a libvorbis -q:a 0)
damaged_ogg opus 0 $WHOLE_SECONDS 48000 1 "${OPUS[@]}"
damaged_ogg opus-a 0 $PART_SECONDS 48000 1 "${OPUS[@]}"
damaged_ogg opus-b $PART_SECONDS $PART_SECONDS 48000 1 "${OPUS[@]}"
damaged_ogg opus-b-stereo $PART_SECONDS $PART_SECONDS 48000 2 "${OPUS[@]}"
damaged_ogg opus-cover 0 $WHOLE_SECONDS 48000 1 "${OPUS[@]}" \
	-metadata METADATA_BLOCK_PICTURE="$(head -c 20000 /dev/zero | tr '\0' 'B')"
damaged_ogg vorbis 0 $WHOLE_SECONDS 22050 1 "${VORBIS[@]}"
damaged_ogg vorbis-a 0 $PART_SECONDS 22050 1 "${VORBIS[@]}"
damaged_ogg vorbis-b $PART_SECONDS $PART_SECONDS 22050 1 "${VORBIS[@]}"
damaged_ogg vorbis-b-44k $PART_SECONDS $PART_SECONDS 44100 1 "${VORBIS[@]}"
damaged_ogg vorbis-b-stereo $PART_SECONDS $PART_SECONDS 22050 2 "${VORBIS[@]}"
damaged_ogg flac-a 0 3.04 8000 1 -c:a flac -sample_fmt s16
damaged_ogg flac-b 3.04 3.04 8000 1 -c:a flac -sample_fmt s16

# minus BYTES FROM NAME: without its end. percent SHARE FROM NAME: so much of its start.
minus() { head -c -"$1" "$tmp/$2" >"$damaged/$3"; }
percent() { head -c $(($(wc -c <"$tmp/$2") * $1 / 100)) "$tmp/$2" >"$damaged/$3"; }
minus 1 opus.ogg ogg-opus-minus-1-byte.ogg
percent 90 opus.ogg ogg-opus-cut.ogg
minus 1 vorbis.ogg ogg-vorbis-minus-1-byte.ogg
percent 90 vorbis.ogg ogg-vorbis-cut.ogg
minus 1 flac-a.ogg ogg-flac-minus-1-byte.ogg
percent 90 flac-a.ogg ogg-flac-cut.ogg

# joined NAME FILE…: one after the other.
joined() {
	local name=$1
	shift
	(cd "$tmp" && cat "$@") >"$damaged/$name"
}
joined ogg-opus-chained.ogg opus-a.ogg opus-b.ogg
joined ogg-opus-chained-mono-stereo.ogg opus-a.ogg opus-b-stereo.ogg
joined ogg-opus-chained-stereo-mono.ogg opus-b-stereo.ogg opus-a.ogg
joined ogg-vorbis-chained.ogg vorbis-a.ogg vorbis-b.ogg
joined ogg-vorbis-chained-22k-44k.ogg vorbis-a.ogg vorbis-b-44k.ogg
joined ogg-vorbis-chained-mono-stereo.ogg vorbis-a.ogg vorbis-b-stereo.ogg
joined ogg-flac-chained.ogg flac-a.ogg flac-b.ogg

# The positions of recorded streams do not begin at 0: one second, two, half a second, five hours.
DAMAGE ogg-shift "$tmp/opus.ogg" 48000 >"$damaged/ogg-opus-begins-at-1s.ogg"
DAMAGE ogg-shift "$tmp/opus.ogg" 96000 >"$damaged/ogg-opus-begins-at-2s.ogg"
DAMAGE ogg-shift "$tmp/opus.ogg" 864000000 >"$damaged/ogg-opus-begins-at-5h.ogg"
DAMAGE ogg-shift "$tmp/vorbis.ogg" 11025 >"$damaged/ogg-vorbis-begins-at-500ms.ogg"
DAMAGE ogg-pre-skip "$tmp/opus.ogg" 3840 >"$damaged/ogg-opus-pre-skip-3840.ogg"
cp "$tmp/opus-cover.ogg" "$damaged/ogg-opus-damaged-cover.ogg"
for kind in opus vorbis; do
	DAMAGE ogg-junk "$tmp/$kind.ogg" 6 5000 >"$damaged/ogg-$kind-junk-between-pages.ogg"
	DAMAGE ogg-wrong-checksum "$tmp/$kind.ogg" 5 >"$damaged/ogg-$kind-wrong-checksum.ogg"
done
DAMAGE ogg-drop "$tmp/opus.ogg" 5 >"$damaged/ogg-opus-lost-page.ogg"
{ id3 1000; cat "$tmp/opus-a.ogg"; } >"$damaged/ogg-id3-in-front.ogg"
DAMAGE junk "$tmp/vorbis-a.ogg" 5000 >"$damaged/ogg-junk-in-front.ogg"
DAMAGE junk-at "$tmp/vorbis-a.ogg" "$(wc -c <"$tmp/vorbis-a.ogg")" 5000 >"$damaged/ogg-junk-behind.ogg"

# damaged_mp3 NAME FROM SECONDS RATE CHANNELS <ffmpeg's options>, into the temporary folder.
damaged_mp3() {
	local name=$1
	code "$2" "$3" "$4" "$5"
	shift 5
	FF "${CODE[@]}" "${EXACT[@]}" -c:a libmp3lame "$@" "$tmp/$name.mp3"
}
BARE=(-b:a 32k -write_xing 0 -id3v2_version 0)
damaged_mp3 22k 0 $WHOLE_SECONDS 22050 1 "${BARE[@]}" -b:a 16k
damaged_mp3 22k-header 0 $WHOLE_SECONDS 22050 1 -b:a 16k -id3v2_version 0
damaged_mp3 44k-a 0 $PART_SECONDS 44100 1 "${BARE[@]}"
damaged_mp3 44k-b $PART_SECONDS $PART_SECONDS 44100 1 "${BARE[@]}"
damaged_mp3 48k-a 0 $PART_SECONDS 48000 1 "${BARE[@]}"
damaged_mp3 48k-b $PART_SECONDS $PART_SECONDS 48000 1 "${BARE[@]}"
damaged_mp3 22k-a 0 $PART_SECONDS 22050 1 "${BARE[@]}" -b:a 16k
damaged_mp3 stereo-a 0 $PART_SECONDS 44100 2 "${BARE[@]}"
damaged_mp3 stereo-b $PART_SECONDS $PART_SECONDS 44100 2 "${BARE[@]}"
joined mp3-48k-44k.mp3 48k-a.mp3 44k-b.mp3
joined mp3-44k-48k.mp3 44k-a.mp3 48k-b.mp3
joined mp3-22k-44k.mp3 22k-a.mp3 44k-b.mp3
joined mp3-mono-stereo.mp3 44k-a.mp3 stereo-b.mp3
joined mp3-stereo-mono.mp3 stereo-a.mp3 44k-b.mp3
# Whole files, with the tags and the header frame of each.
damaged_mp3 whole-a 0 3.8 44100 1 -b:a 32k
damaged_mp3 whole-b 3.8 3.8 48000 1 -b:a 32k
damaged_mp3 whole-c 7.6 3.8 44100 1 -b:a 32k
joined mp3-44k-48k-44k.mp3 whole-{a,b,c}.mp3
# MPEG 2.5, with ffmpeg's header frame and without.
damaged_mp3 8k 0 3.8 8000 1 -b:a 16k -id3v2_version 0
damaged_mp3 11k 0 3.8 11025 1 -b:a 16k -write_xing 0 -id3v2_version 0
damaged_mp3 12k 0 3.8 12000 2 -b:a 24k -id3v2_version 0
for rate in 8k 11k 12k; do joined "mp3-$rate.mp3" "$rate.mp3"; done
DAMAGE junk-at "$tmp/8k.mp3" "$(wc -c <"$tmp/8k.mp3")" 5000 >"$damaged/mp3-junk-behind.mp3"

{ id3 100; id3 20000; cat "$tmp/22k.mp3"; } >"$damaged/mp3-two-id3.mp3"
{ id3 50; id3 8192; id3 8192; cat "$tmp/22k-header.mp3"; } >"$damaged/mp3-three-id3.mp3"
{ id3 100; head -c 20000 /dev/zero; cat "$tmp/22k.mp3"; } >"$damaged/mp3-id3-then-zeros.mp3"
# So far behind that ffmpeg does not see the header frame: it plays what the encoder put in front.
{ id3 100; head -c 20000 /dev/zero; cat "$tmp/22k-header.mp3"; } >"$damaged/mp3-id3-then-zeros-header.mp3"
DAMAGE junk "$tmp/11k.mp3" 65536 >"$damaged/mp3-junk-in-front.mp3"
{ id3 0 100; DAMAGE junk "$tmp/22k.mp3" 20000; } >"$damaged/mp3-id3-size-too-small.mp3"
# A size of 33012 bytes with all eight bits of each byte.
{ printf 'ID3\003\000\000\000\000\200\364'; head -c 33012 /dev/zero; cat "$tmp/22k-header.mp3"; } >"$damaged/mp3-id3-size-not-synch-safe.mp3"
DAMAGE junk-at "$tmp/22k.mp3" 10000 5000 >"$damaged/mp3-junk-inside.mp3"
DAMAGE zeros-at "$tmp/22k.mp3" 10000 5000 >"$damaged/mp3-zeros-inside.mp3"

# damaged_wav NAME SECONDS SAMPLES CHANNELS RATE <what its header says>: SAMPLES is ffmpeg's name for such raw samples.
damaged_wav() {
	local name=$1 seconds=$2 samples=$3 channels=$4 rate=$5
	shift 5
	code 0 "$seconds" "$rate" "$channels"
	FF "${CODE[@]}" "${EXACT[@]}" -f "$samples" "$tmp/raw"
	DAMAGE wav "$tmp/raw" format=1 channels="$channels" rate="$rate" bits=16 "$@" >"$damaged/wav-$name.wav"
}
damaged_wav align-1 2.28 s16le 1 8000 align=1
damaged_wav align-16 2.28 s16le 1 8000 align=16
damaged_wav align-of-two-channels 2.28 s16le 1 8000 align=4
damaged_wav align-of-one-channel 1.14 s16le 2 8000 align=2
damaged_wav align-not-divided 1.14 s16le 2 8000 align=32
damaged_wav fmt-17-bytes 2.28 s16le 1 8000 fmt=17
damaged_wav bw64 2.28 s16le 1 8000 form=BW64 riff=4294967295 size=4294967295 ds64=true
damaged_wav rf64-data-0 2.28 s16le 1 8000 form=RF64 riff=4294967295 size=4294967295 ds64=true,0,0
damaged_wav riff-with-ds64 2.28 s16le 1 8000 ds64=100,100,50
damaged_wav chunk-named-nul 2.28 s16le 1 8000 before=nul
damaged_wav chunk-named-copyright 2.28 s16le 1 8000 before=copyright
damaged_wav sizes-0 2.28 s16le 1 8000 riff=0 size=0
damaged_wav sizes-ffffffff 2.28 s16le 1 8000 riff=4294967295 size=4294967295
damaged_wav size-beyond-end 2.28 s16le 1 8000 riff=900036 size=900000
damaged_wav 8bit 2.28 u8 1 8000 bits=8
damaged_wav 11k-stereo 0.95 s16le 2 11025
damaged_wav 96k 0.38 u8 1 96000 bits=8
damaged_wav float32-stereo 0.57 f32le 2 8000 format=3 bits=32 fmt=18
damaged_wav float64 0.57 f64le 1 8000 format=3 bits=64
damaged_wav alaw-16-bits 2.28 alaw 1 8000 format=6 align=1 fmt=18
damaged_wav alaw-16-bits-short 2.28 alaw 1 8000 format=6 align=1
damaged_wav mulaw-16-bits 2.28 mulaw 1 8000 format=7 align=1 fmt=18
damaged_wav mulaw-16-bits-stereo 1.9 mulaw 2 8000 format=7 align=2
# 24 bits in the upper three of four bytes, as whole numbers; and as the fractions that another program wrote with
# the same header.
damaged_wav 24-in-32 1.14 s32le 1 8000 align=4 bits=24
damaged_wav 24-in-32-stereo 0.57 s32le 2 8000 align=8 bits=24
damaged_wav 24-in-32-extensible 1.14 s32le 1 8000 align=4 bits=32 valid=24
damaged_wav 24-of-24-extensible 1.14 s24le 1 8000 bits=24 valid=24
code 0 1.14 8000 1
FF "${CODE[@]}" "${EXACT[@]}" -af volume=8388608:precision=float -f f32le "$tmp/raw"
DAMAGE wav "$tmp/raw" format=1 channels=1 rate=8000 align=4 bits=24 >"$damaged/wav-24-bit-fractions.wav"
code 0 2.28 8000 1
FF "${CODE[@]}" "${EXACT[@]}" "$tmp/plain.wav"
{ id3 1000; cat "$tmp/plain.wav"; } >"$damaged/wav-id3-in-front.wav"
DAMAGE junk-at "$tmp/plain.wav" "$(wc -c <"$tmp/plain.wav")" 5000 >"$damaged/wav-junk-behind.wav"
# What is in those that ffmpeg 5.1 takes for something else.
code 0 1.14 8000 1
FF "${CODE[@]}" "${EXACT[@]}" -c:a pcm_s32le "$tmp/32bit.wav"
code 0 0.57 8000 2
FF "${CODE[@]}" "${EXACT[@]}" -c:a pcm_s32le "$tmp/32bit-stereo.wav"

# damaged_flac NAME FROM SECONDS RATE, into the temporary folder: 1,152 samples a frame.
damaged_flac() {
	code "$2" "$3" "$4" 1
	FF "${CODE[@]}" "${EXACT[@]}" -c:a flac -sample_fmt s16 -frame_size 1152 "$tmp/$1.flac"
}
damaged_flac whole 0 4.94 8000
damaged_flac a 0 3.04 8000
damaged_flac b 3.04 1.9 8000
damaged_flac b-16k 3.04 1.9 16000
DAMAGE flac-drop "$tmp/whole.flac" 14 15 >"$damaged/flac-lost-frame.flac"
DAMAGE flac-zeros "$tmp/whole.flac" 14 2048 >"$damaged/flac-zeros-inside-frame.flac"
DAMAGE flac-junk "$tmp/whole.flac" 14 5000 >"$damaged/flac-junk-between-frames.flac"
DAMAGE flac-spoil "$tmp/whole.flac" 14 >"$damaged/flac-wrong-checksum.flac"
DAMAGE flac-drop "$tmp/whole.flac" 29 99 >"$damaged/flac-cut-at-frame.flac"
percent 90 whole.flac flac-cut-in-frame.flac
DAMAGE flac-join "$tmp/a.flac" "$tmp/b.flac" >"$damaged/flac-numbers-begin-anew.flac"
DAMAGE junk-at "$tmp/a.flac" "$(wc -c <"$tmp/a.flac")" 5000 >"$damaged/flac-junk-behind.flac"
{ id3 100; id3 8192; cat "$tmp/a.flac"; } >"$damaged/flac-two-id3.flac"
joined flac-two-files.flac a.flac b.flac
joined flac-two-files-8k-16k.flac a.flac b-16k.flac

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
# The other two ways in which a WebP says how large it is: without loss, and with transparency.
FF -i "$out/frame.png" "${EXACT[@]}" -c:v libwebp -lossless 1 -frames:v 1 -f webp "$out/frame-lossless.webp"
FF -i "$out/frame.png" "${EXACT[@]}" -vf "format=rgba,colorchannelmixer=aa=0.5,format=yuva420p" -c:v libwebp -q:v 50 \
	-frames:v 1 -f webp "$out/frame-alpha.webp"
# Large enough for models that enlarge pictures or cut them out.
FF -f lavfi -i "$(sea 200 150)" -frames:v 1 "${EXACT[@]}" -update 1 "$out/sea.png"
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
# clips/: short films of one colour and one tone, to be joined. Those of one size
# and profile share their codec parameters.
# --------------------------------------------------------------------------

mkdir -p "$out/clips"
# picture COLOUR SIZE, tone HERTZ: a second of it at 24 fps. CLIP: how it is encoded.
picture() { PICTURE=(-f lavfi -i "color=$1:s=$2:r=24:d=1,drawbox=x=iw*t/2:y=ih/3:w=iw/8:h=ih/3:color=white:t=fill"); }
tone() { TONE=(-f lavfi -i "sine=f=$1:r=44100:d=1" -c:a aac -b:a 32k); }
CLIP=("${EXACT[@]}" -c:v libx264 -preset slow -crf 30 -pix_fmt yuv420p -x264-params "bframes=0:scenecut=0:open-gop=0" -movflags +faststart)

for clip in red:330 green:440 blue:550; do
	picture "${clip%:*}" 320x180
	tone "${clip#*:}"
	FF "${PICTURE[@]}" "${TONE[@]}" "${CLIP[@]}" -profile:v main "$out/clips/${clip%:*}.mp4"
done
picture yellow 320x180
FF "${PICTURE[@]}" "${CLIP[@]}" -profile:v main "$out/clips/yellow-no-sound.mp4"
FF "${PICTURE[@]}" "${CLIP[@]}" -profile:v baseline "$out/clips/yellow-baseline.mp4"
FF "${PICTURE[@]}" -f lavfi -i "sine=f=660:r=48000:d=1" "${CLIP[@]}" -profile:v main -c:a aac -b:a 32k "$out/clips/yellow-48-khz.mp4"
FF "${PICTURE[@]}" "${EXACT[@]}" -c:v mpeg4 -q:v 9 "$out/clips/yellow-mpeg4.mp4"
picture yellow 180x320
FF "${PICTURE[@]}" "${CLIP[@]}" -profile:v main "$out/clips/yellow-portrait.mp4"
for clip in red:330 blue:550; do
	picture "${clip%:*}" 320x180
	tone "${clip#*:}"
	FF "${PICTURE[@]}" "${TONE[@]}" "${CLIP[@]}" -profile:v main -x264-params "bframes=3:b-adapt=0:b-pyramid=normal:keyint=12:scenecut=0:open-gop=0" \
		"$out/clips/${clip%:*}-b-frames.mp4"
done

# Clips as other programs leave them: cut without encoding (an edit list hides the first pictures), pictures
# that begin after the sound, a time line that begins at 10 s, fragments, frames at varying times, and more
# sound than pictures. clips.json has what ffprobe says of each: when the first and the last picture are shown
# and the first sound is heard, as players have it, and how many pictures there are.
COPY=("${EXACT[@]}" -c copy -movflags +faststart)
bframes="$out/clips/red-b-frames.mp4"
FF -ss 0.3 -i "$bframes" "${COPY[@]}" "$out/clips/red-trimmed.mp4"
FF -i "$out/clips/red.mp4" -itsoffset 0.5 -i "$out/clips/red.mp4" -map 1:v -map 0:a "${COPY[@]}" "$out/clips/red-late.mp4"
FF -i "$bframes" "${COPY[@]}" -output_ts_offset 10 "$out/clips/red-at-10.mp4"
FF -i "$bframes" "${EXACT[@]}" -c copy -movflags +frag_keyframe+empty_moov "$out/clips/red-fragmented.mp4"
picture red 320x180
FF "${PICTURE[@]}" -filter:v "select='not(between(n,6,8)+eq(n,15))'" -fps_mode vfr "${CLIP[@]}" -profile:v main "$out/clips/red-uneven.mp4"
FF "${PICTURE[@]}" -f lavfi -i "sine=f=330:r=44100:d=1.5" "${CLIP[@]}" -profile:v main -c:a aac -b:a 32k "$out/clips/red-long-sound.mp4"

# times NAME: a line of clips.json.
times() {
	local probe=(ffprobe -v error -of csv=p=0)
	local pictures sound
	pictures=$("${probe[@]}" -select_streams v -show_entries frame=pts_time "$out/clips/$1.mp4" | tr -d ',' | grep . | sort -n)
	sound=$("${probe[@]}" -select_streams a -show_entries frame=pts_time "$out/clips/$1.mp4" | tr -d ',' | { grep . || true; } | sort -n | sed -n 1p)
	printf '\t"%s": {"pictures":%d,"first":%s,"last":%s,"sound":%s}' "$1" "$(wc -l <<<"$pictures")" \
		"$(sed -n 1p <<<"$pictures")" "$(tail -n 1 <<<"$pictures")" "${sound:-null}"
}
{
	echo '{'
	first=1
	for clip in "$out"/clips/*.mp4; do
		[ "$first" = 1 ] || echo ','
		first=0
		times "$(basename "$clip" .mp4)"
	done
	printf '\n}\n'
} >"$out/clips.json"

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
# Pictures that cannot share a track with those above.
gop other-512x512 gray 512 512 -profile:v high -level 4.2 -refs 2

# --------------------------------------------------------------------------
# Songs of three minutes, as small as they can be: 18 or 19 clips each.
# --------------------------------------------------------------------------

songs=$out/songs
mkdir -p "$songs"
long() {
	local name=$1
	shift
	FF -fflags +bitexact -f lavfi -i 'aevalsrc=0.3*sin(2*PI*t*(220+110*floor(mod(t\,8)))):s=8000:d=183' \
		-ac 1 -flags:a +bitexact "$@" "$songs/$name"
}
long three-minutes.mp3 -c:a libmp3lame -b:a 8k
long three-minutes.ogg -c:a libvorbis -q:a -1 -fflags +bitexact
long three-minutes.flac -c:a flac -sample_fmt s16

# --------------------------------------------------------------------------
# music/: sounds whose beats, sections and pauses are known: truth.json has them, from who composed the sounds.
# --------------------------------------------------------------------------

music=$out/music
mkdir -p "$music" "$tmp/music"
node "$root/scripts/fixtures/music.mjs" "$tmp/music"
cp "$tmp/music/truth.json" "$music/truth.json"
for name in clicks-97 clicks-128 drums-that-pause change-of-tempo speech; do
	FF -i "$tmp/music/$name.wav" "${EXACT[@]}" -c:a libmp3lame -b:a 16k -id3v2_version 0 "$music/$name.mp3"
done
# One of them in every kind of file.
FF -i "$tmp/music/clicks-128.wav" "${EXACT[@]}" -ar 12000 -c:a pcm_u8 "$music/clicks-128.wav"
FF -i "$music/clicks-128.wav" "${EXACT[@]}" -c:a flac -sample_fmt s16 -compression_level 12 "$music/clicks-128.flac"
FF -i "$tmp/music/clicks-128.wav" "${EXACT[@]}" -c:a libvorbis -q:a -1 "$music/clicks-128-vorbis.ogg"
FF -i "$tmp/music/clicks-128.wav" "${EXACT[@]}" -ar 48000 -c:a libopus -b:a 16k "$music/clicks-128-opus.ogg"

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
# decoded.json: what ffmpeg decodes of each sound: its length in seconds by its samples, the rate and
# channels of its first frame, and how loud it is in each 50 ms. What headers say is often wrong.
# --------------------------------------------------------------------------

# figures NAME FILE: a line of it.
figures() {
	local first
	first=$(ffmpeg -nostdin -hide_banner -i "$2" -map 0:a:0 -af ashowinfo -f null - 2>&1 |
		awk '/channels:.*rate:/ && !done { print; done = 1 }')
	[[ $first =~ channels:([0-9]+).*rate:([0-9]+) ]]
	local channels=${BASH_REMATCH[1]} rate=${BASH_REMATCH[2]}
	ffmpeg -nostdin -loglevel fatal -i "$2" -map 0:a:0 -ac "$channels" -ar "$rate" -f s16le - |
		node "$root/scripts/fixtures/figures.mjs" "$1" "$rate" "$channels"
}

{
	printf '{'
	separator=
	for file in "$out"/*.{mp3,wav,ogg,flac} "$lengths"/* "$songs"/* "$damaged"/*; do
		name=${file#"$out"/}
		case $name in
			not-audio.mp3 | broken.mp3 | empty.mp3) continue ;;
			*adpcm.wav | *wav-mp3.wav | *speex.ogg) continue ;;
			# ffmpeg 5.1 believes that there is nothing.
			*rf64-data-0.wav) file=$tmp/plain.wav ;;
			# It takes whole numbers for fractions, which is noise.
			*24-in-32.wav | *24-in-32-extensible.wav) file=$tmp/32bit.wav ;;
			*24-in-32-stereo.wav) file=$tmp/32bit-stereo.wav ;;
		esac
		printf '%s\n' "$separator"
		separator=,
		figures "$name" "$file"
	done
	printf '\n}\n'
} >"$out/decoded.json"

# --------------------------------------------------------------------------
# films.json: what ffmpeg makes of the films that the package makes of the repository's clips and songs.
# --------------------------------------------------------------------------

mkdir "$tmp/films"
(cd "$root" && npx tsx scripts/fixtures/films.ts "$tmp/films") >"$out/films.json"
