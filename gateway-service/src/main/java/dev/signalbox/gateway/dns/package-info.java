/** DNS over HTTP: DNS messages and JSON. */
@NullMarked
package dev.signalbox.gateway.dns;

import org.jspecify.annotations.NullMarked;
