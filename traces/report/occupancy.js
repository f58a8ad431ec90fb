// Which layer each pod works on in each slice.

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix(from, to, part) {
  return from.map((value, c) => value + part * (to[c] - value));
}

// A colour for each layer: along viridis from the first to the last, neighbours lighter and darker in turn.
function layerColours(count) {
  const stops = VIRIDIS.map(channels);
  const shades = [[[255, 255, 255], 0], [[255, 255, 255], 0.42], [[0, 0, 0], 0.22]];
  return Array.from({ length: count }, (unused, layer) => {
    const at = (0.1 + 0.8 * (layer / Math.max(1, count - 1))) * (stops.length - 1);
    const base = mix(stops[Math.floor(at)], stops[Math.ceil(at)], at % 1);
    return mix(base, ...shades[layer % shades.length]);
  });
}

// Of the lists in the page's data: per pod the first slice, the end and the layer of each stretch of work.
function readOccupancy(run) {
  let slices = run.summary.slices;
  const pods = run.occupancy.map((list) => {
    const count = list.length / 3;
    const pod = { starts: new Uint32Array(count), ends: new Uint32Array(count), layers: new Uint32Array(count) };
    let at = 0;
    for (let i = 0; i < count; ++i) {
      at += list[3 * i + 1];
      pod.layers[i] = list[3 * i];
      pod.starts[i] = at;
      at += list[3 * i + 2];
      pod.ends[i] = at;
    }
    slices = Math.max(slices, at);
    return pod;
  });
  return { pods, slices, colours: layerColours(run.layers.layer.length) };
}

// The first stretch that ends behind the slice.
function stretchAt(pod, slice) {
  let low = 0;
  let high = pod.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pod.ends[middle] <= slice) low = middle + 1;
    else high = middle;
  }
  return low;
}

function layerAt(occupancy, podIndex, slice) {
  const pod = occupancy.pods[podIndex];
  const at = stretchAt(pod, slice);
  return at < pod.starts.length && pod.starts[at] <= slice ? pod.layers[at] : null;
}

// Paints slices [from.slice, to.slice) of pods [from.pod, to.pod), pod 0 below, into the whole canvas. A pixel has the mean
// colour of what it covers, so that short gaps stay visible from afar.
function paintOccupancy(canvas, occupancy, from, to) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const ground = channels(colour("raised"));
  const perPixel = (to.slice - from.slice) / width;
  const sums = new Float32Array(4 * width);
  let painted = null;
  for (let y = 0; y < height; ++y) {
    const top = to.pod - (y * (to.pod - from.pod)) / height;
    const bottom = to.pod - ((y + 1) * (to.pod - from.pod)) / height;
    const last = Math.min(occupancy.pods.length - 1, Math.ceil(top) - 1);
    const first = Math.max(0, Math.min(last, Math.ceil(bottom - 0.5)));
    if (painted !== null && painted.first === first && painted.last === last) {
      image.data.copyWithin(4 * y * width, 4 * (y - 1) * width, 4 * y * width);
      continue;
    }
    painted = { first, last };
    sums.fill(0);
    for (let p = first; p <= last; ++p) addPodRow(sums, width, occupancy.pods[p], from.slice, perPixel, occupancy.colours);
    writeRow(image.data, 4 * y * width, sums, width, last - first + 1, ground);
  }
  context.putImageData(image, 0, 0);
}

// Adds colour times covered share, and the share itself, to each pixel of a row.
function addPodRow(sums, width, pod, firstSlice, perPixel, colours) {
  for (let i = stretchAt(pod, firstSlice); i < pod.starts.length; ++i) {
    const start = Math.max(0, (pod.starts[i] - firstSlice) / perPixel);
    const end = Math.min(width, (pod.ends[i] - firstSlice) / perPixel);
    if (start >= width) return;
    const rgb = colours[pod.layers[i]];
    for (let x = Math.floor(start); x < end; ++x) {
      const covered = Math.min(end, x + 1) - Math.max(start, x);
      for (let c = 0; c < 3; ++c) sums[4 * x + c] += covered * rgb[c];
      sums[4 * x + 3] += covered;
    }
  }
}

function writeRow(data, at, sums, width, pods, ground) {
  for (let x = 0; x < width; ++x) {
    for (let c = 0; c < 3; ++c) data[at + 4 * x + c] = (sums[4 * x + c] + (pods - sums[4 * x + 3]) * ground[c]) / pods;
    data[at + 4 * x + 3] = 255;
  }
}
