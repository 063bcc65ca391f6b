create schema hotel;

create table hotel.rooms (number integer primary key);
insert into hotel.rooms select generate_series(1, 100);

create table hotel.bookings (
  booking_id text primary key,
  room integer not null references hotel.rooms,
  nights integer not null,
  guest text,
  state text not null check (state in ('reserved', 'booked', 'undone'))
);
