/** A client of a running system: requests, errors and output that its commands share. */
@NullMarked
package dev.signalbox.cli.client;

import org.jspecify.annotations.NullMarked;
