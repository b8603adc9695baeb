"""stridelab: training load, running form and recovery from the files of watches and footpods."""
