/** Whether an answer is what the zone's owner signed (RFC 4033 to 4035, RFC 5155). */
@NullMarked
package dev.signalbox.dnsclient.dnssec;

import org.jspecify.annotations.NullMarked;
