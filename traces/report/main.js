// Builds the page of the data that stands in it.

function addRunTitle(run) {
  addTitle("sosa report", runName(run), aboutRun(run));
}

function start() {
  const { runs } = JSON.parse(document.getElementById("data").textContent);
  watchTheme();
  watchPrint();
  if (runs.length === 1)
    for (const add of [addRunTitle, addHeadline, addOccupancy, addLosses, addLayers, addRoofline, addPower, addEnergy, addNetworks, addConfig]) add(runs[0]);
  else
    for (const add of [addCompareTitle, addCompareFigures, addCompareConfig, addCompareLosses, addCompareLayers, addCompareEnergy, addComparePower]) add(runs);
  openCharts();
}
