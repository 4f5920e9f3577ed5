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

# Two files one behind the other, with the tags of both; one that was cut off inside a frame; one
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
long three-minutes.ogg -c:a libvorbis -q:a -1
long three-minutes.flac -c:a flac -sample_fmt s16

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
# durations.json: how long each sound is, in seconds, when it is decoded and its
# samples are counted. What headers say (and ffprobe repeats) is often wrong.
# --------------------------------------------------------------------------

{
	printf '{\n'
	first=1
	for file in "$out"/*.{mp3,wav,ogg,flac} "$lengths"/* "$songs"/*; do
		name=${file#"$out"/}
		case $name in
			not-audio.mp3 | broken.mp3 | empty.mp3) continue ;;
			*adpcm.wav | *wav-mp3.wav | *speex.ogg) continue ;;
		esac
		rate=$(ffprobe -v error -select_streams a:0 -show_entries stream=sample_rate -of csv=p=0 "$file")
		bytes=$(ffmpeg -nostdin -loglevel fatal -i "$file" -map 0:a:0 -ac 1 -f s16le - | wc -c)
		[ $first = 1 ] || printf ',\n'
		first=0
		awk -v n="$name" -v b="$bytes" -v r="$rate" \
			'BEGIN { printf "\t\"%s\": %.6f", n, b / 2 / r }'
	done
	printf '\n}\n'
} >"$out/durations.json"
