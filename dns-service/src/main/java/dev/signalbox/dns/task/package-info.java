/** The task {@code dns_query}: its parameters, its course and its result. */
@NullMarked
package dev.signalbox.dns.task;

import org.jspecify.annotations.NullMarked;
