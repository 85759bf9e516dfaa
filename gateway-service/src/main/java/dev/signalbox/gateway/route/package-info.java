/** What a route is: path, method, role, body, faults, handler; and the table that finds it. */
@NullMarked
package dev.signalbox.gateway.route;

import org.jspecify.annotations.NullMarked;
