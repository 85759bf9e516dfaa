package dev.signalbox.dnsclient;

/**
 * What a client holds.
 *
 * @param queries under way or waiting for their turn
 * @param validations under way
 * @param shared questions under way that others may join
 * @param sockets UDP sockets open
 * @param connections TCP and TLS connections open or being opened
 */
public record DnsClientLoad(
    int queries, int validations, int shared, int sockets, int connections) {}
