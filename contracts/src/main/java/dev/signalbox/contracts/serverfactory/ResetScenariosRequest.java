package dev.signalbox.contracts.serverfactory;

/**
 * Puts all scenarios and sequences of a server back to their start.
 *
 * @param server its UUID or its name
 */
public record ResetScenariosRequest(String server) {}
