package dev.signalbox.contracts;

/**
 * The token for which something is asked, for what is counted by the one who keeps it.
 *
 * @param name of the token, which is no secret
 * @param serversAtOnce servers on demand that it made and that may exist at once; 0 for any number
 */
public record Requester(String name, int serversAtOnce) {}
