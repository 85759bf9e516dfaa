package dev.signalbox.httpprobe.reuse;

import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.url.Origin;
import java.net.InetAddress;

/**
 * Everything that makes one connection differ from another: two tasks share connections only when
 * all of it is the same.
 *
 * @param origin scheme, host and port as the URL names them
 * @param hosts the Host headers of the task's own, empty for none; a server may bind a connection
 *     to a host
 * @param address connected to, as the guard judged it
 * @param port connected to
 * @param serverName asked for and verified; empty in the clear
 * @param verify whether the certificate had to verify; false in the clear
 * @param authorities which private ones it had to verify by; empty for those of the machine
 * @param identity which client's certificate may be shown there; empty for none
 * @param protocol which HTTP may be spoken
 */
public record ConnectionKey(
    Origin origin,
    String hosts,
    InetAddress address,
    int port,
    String serverName,
    boolean verify,
    String authorities,
    String identity,
    Protocol protocol) {}
