/**
 * A DNS client for whichever service has names to look up: one configuration, one thing to open and
 * to close. It knows no service and no bus.
 */
@NullMarked
package dev.signalbox.dnsclient;

import org.jspecify.annotations.NullMarked;
