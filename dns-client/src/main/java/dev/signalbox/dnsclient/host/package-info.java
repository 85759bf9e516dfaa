/** The addresses of hosts, as programs want them. */
@NullMarked
package dev.signalbox.dnsclient.host;

import org.jspecify.annotations.NullMarked;
