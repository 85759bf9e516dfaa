/** Servers on demand over REST. */
@NullMarked
package dev.signalbox.gateway.server;

import org.jspecify.annotations.NullMarked;
