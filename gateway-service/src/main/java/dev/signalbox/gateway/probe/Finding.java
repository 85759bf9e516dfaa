package dev.signalbox.gateway.probe;

/**
 * What a probe found.
 *
 * @param success whether everything was as the module wants it
 * @param metrics those of the prober
 */
record Finding(boolean success, ProbeMetrics metrics) {}
