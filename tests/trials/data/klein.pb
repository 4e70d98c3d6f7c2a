META
key;value
description;Buurtbudget Klein
country;Netherlands
unit;Proefstad
instance;2023
num_projects;6
num_votes;12
budget;10000
vote_type;approval
rule;greedy
date_begin;04.09.2023
date_end;25.09.2023
min_length;1
max_length;3
language;nl
currency;EUR
neighborhoods;Noord,Zuid
budget_per_neighborhood;6000,3000
categories;Groen,Spelen
budget_per_category;7000,5000
PROJECTS
project_id;cost;votes;name;category;neighborhood;selected
11;4000;7;Bomen langs de gracht;Groen;Noord;1
12;2500;7;Schommels voor iedereen;Spelen;Noord;0
13;3000;5;Vijver bij de school;Groen;Zuid;1
14;500;4;Bankje;Groen;Zuid;0
15;999999999;3;Ingetrokken na de stemming;Spelen;Zuid;0
16;1000;3;Feest voor de hele wijk;Spelen;;1
VOTES
voter_id;vote
1;11,12,13
2;11,12
3;11,13,14
4;12,13
5;11,12,15
6;11,16
7;14,15
8;11,12,13,14
9;13,16
10;11,14
11;15,16
12;12,12
