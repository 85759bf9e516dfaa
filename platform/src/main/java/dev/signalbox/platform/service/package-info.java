/** What a service hands to the launcher and what it is given to work with. */
@NullMarked
package dev.signalbox.platform.service;

import org.jspecify.annotations.NullMarked;
