/** DNS messages answered by DNS messages, as clients of DNS over HTTPS send them (RFC 8484). */
@NullMarked
package dev.signalbox.dns.exchange;

import org.jspecify.annotations.NullMarked;
