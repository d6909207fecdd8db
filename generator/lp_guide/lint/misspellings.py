"""Misspellings that are not words, and phrases that are never right, each with the correct British spelling."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WORDS = """
accomodate accommodate | acheive achieve | acheived achieved | acknowlege acknowledge | adress address
agrement agreement | alot a_lot | arguement argument | assesment assessment | attatch attach | authentification
authentication | availible available | begining beginning | beleive believe | calender calendar | catagory category
challange challenge | challanged challenged | cohert cohort | commited committed | comming coming | comparision
comparison | completly completely | concensus consensus | confrim confirm | confrimed confirmed | consistant
consistent | contian contain | curent current | declaraton declaration | declartion declaration
declation declaration | decleration declaration | definately definitely | deffered deferred | defered deferred
delievery delivery | delivary delivery | dependant dependent | differant different | eligable eligible
elegible eligible | endpiont endpoint | enviroment environment | environemnt environment | exisiting existing
existance existence | existant existent | experiance experience | goverment government | guidence guidance
gaurantee guarantee | heirarchy hierarchy | identifer identifier | identifers identifiers | immediatly immediately
incorect incorrect | independant independent | indentifier identifier | infomation information | informaton
information | intergrate integrate | intergration integration | knowlege knowledge | langauge language
lenght length | maintainance maintenance | manditory mandatory | milesone milestone | milstone milestone
neccessary necessary | necesary necessary | noticable noticeable | occassion occasion | occured occurred
occurence occurrence | occuring occurring | paramater parameter | paramter parameter | parentship partnership
parnership partnership | partcipant participant | particpant participant | particpants participants
partipant participant | partipants participants | parternship partnership | partership partnership
patnership partnership | permenant permanent | persistant persistent | posession possession | preceeding preceding
prefered preferred | previosly previously | priviledge privilege | proccess process | programe programme
providor provider | publically publicly | pursuade persuade | recieve receive | recieved received
recieves receives | reccommend recommend | recomend recommend | refered referred | referal referral
registeration registration | regsiter register | relevent relevant | reponse response | repsonse response
reqeust request | requst request | requried required | responce response | retreive retrieve | schdule schedule
schduled scheduled | scheduel schedule | seperate separate | seperated separated | seperately separately
sucess success | sucessful successful | succesful successful | successfull successful | sumbit submit
sumbitted submitted | submited submitted | suport support | teh the | thier their | trainning training
trianing training | tranfer transfer | transfered transferred | transfering transferring | truely truly
unfortunatly unfortunately | untill until | upadte update | updte update | usefull useful | usualy usually
vaild valid | verison version | visable visible | wich which | wierd weird | withdrawl withdrawal
witdrawn withdrawn | withdrawed withdrew | writting writing
"""


def _pairs(text: str) -> dict[str, str]:
    words = text.replace("|", " ").split()
    return {wrong: right.replace("_", " ") for wrong, right in zip(words[::2], words[1::2], strict=True)}


MISSPELT: Mapping[str, str] = MappingProxyType(_pairs(_WORDS))
SLIPS: Mapping[str, str] = MappingProxyType(
    {
        "could of": "could have",
        "should of": "should have",
        "would of": "would have",
        "must of": "must have",
        r"(will|must|can|should) delivery": r"\1 deliver",
        "need take": "need to take",
        "needs take": "needs to take",
        "less then": "less than",
        "more then": "more than",
    }
)
